/** Short messages about what was done, spoken and shown for a few seconds, whatever page follows. */
import { CloseButton } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import classes from './notices.module.css';

interface Notice {
  readonly id: number;
  readonly text: string;
}

const SHOWN_MS = 6_000;

let notices: readonly Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

export function notify(text: string): void {
  const id = ++last;
  replace([...notices, { id, text }].slice(-3));
  window.setTimeout(() => dismiss(id), SHOWN_MS);
}

export function Notices() {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className={classes.notices} role="status" aria-live="polite">
      {shown.map(({ id, text }) => (
        <div key={id} className={classes.notice}>
          <span>{text}</span>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}

function dismiss(id: number): void {
  replace(notices.filter((notice) => notice.id !== id));
}

function replace(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
