/** Which dialogs are open, for what must not take them away from whoever is in them. */
import { useEffect, useSyncExternalStore } from 'react';

export function isDialogOpen(): boolean {
  return open.size > 0;
}

/** Whether one is open that shows what cannot be shown again. */
export function isShownOnceOpen(): boolean {
  return [...open].some(({ shownOnce }) => shownOnce);
}

export function useIsShownOnceOpen(): boolean {
  return useSyncExternalStore(onOpenDialogs, isShownOnceOpen);
}

/** Told when a change is complete: where one dialog makes way for another, there is no moment without one. */
export function onOpenDialogs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For a dialog to be among them. */
export function useOpenDialog(opened: boolean, shownOnce: boolean): void {
  useEffect(() => {
    if (!opened) return undefined;
    const dialog = { shownOnce };
    open.add(dialog);
    tell();
    return () => {
      open.delete(dialog);
      tell();
    };
  }, [opened, shownOnce]);
}

const open = new Set<{ readonly shownOnce: boolean }>();
const listeners = new Set<() => void>();

function tell(): void {
  queueMicrotask(() => {
    for (const listener of listeners) listener();
  });
}
