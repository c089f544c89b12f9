import { useState, type ReactNode } from 'react';
import { DialogActions } from './dialog-actions.js';
import { Dialog } from './dialog.js';
import { Failure } from '../feedback/states.js';

interface Leaving {
  /** What is still so where the end did not reach the service. */
  readonly failedTitle: string;
  readonly describe: (error: unknown) => { readonly title: string; readonly detail: string };
  readonly onLeft: () => void;
}

type End = () => Promise<void>;

/** Ends a session. One that could not be ended is said to be open: whoever comes next to this browser would find it. */
export function useLeaving({ failedTitle, describe, onLeft }: Leaving): { readonly leave: (end: End) => Promise<void>; dialog: ReactNode } {
  const [failed, setFailed] = useState<{ readonly end: End; readonly error: unknown } | null>(null);
  const [busy, setBusy] = useState(false);
  const leave = async (end: End): Promise<void> => {
    setBusy(true);
    try {
      await end();
      setFailed(null);
      onLeft();
    } catch (error) {
      setFailed({ end, error });
    } finally {
      setBusy(false);
    }
  };
  const stay = (): void => setFailed(null);
  const dialog = failed !== null && (
    <Dialog
      title={failedTitle}
      opened
      insistent={busy}
      onClose={stay}
      footer={<DialogActions label="Try again" cancelLabel="Stay" busy={busy} onCancel={stay} onConfirm={async () => leave(failed.end)} />}
    >
      <Failure title={describe(failed.error).title}>{describe(failed.error).detail}</Failure>
      <div>The service did not end the session. Whoever uses this browser next can go on with it.</div>
    </Dialog>
  );
  return { leave, dialog };
}
