import { Note } from './states.js';

export function ConnectionNote({ lost }: { readonly lost: boolean }) {
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <Note tone="warn" title="No connection to the service">
          What you see may be old. It is tried again every few seconds; what you typed stays.
        </Note>
      )}
    </div>
  );
}
