import { focusManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Note } from './states.js';

/** Whether what is on the screen is kept up to date, and what to do where it is not. */
export function ConnectionNote({ lost }: { readonly lost: boolean }) {
  const paused = usePaused();
  return (
    <div role="status" aria-live="polite">
      {paused ? (
        // Also where the connection was lost: nothing is tried again before somebody is there.
        <Note tone="calm" title="Paused: nobody has touched this window for 15 minutes">
          What you see may be old. Move the pointer or press a key to go on.
        </Note>
      ) : (
        lost && (
          <Note tone="warn" title="No connection to the service">
            What you see may be old. It is tried again every few seconds; what you typed stays.
          </Note>
        )
      )}
    </div>
  );
}

function usePaused(): boolean {
  return useSyncExternalStore(watch, () => !focusManager.isFocused());
}

function watch(listener: () => void): () => void {
  return focusManager.subscribe(listener);
}
