import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { DialogActions } from './dialog-actions.js';
import { Dialog } from './dialog.js';
import { PropagationNote } from './propagation-note.js';
import { Failure } from '../feedback/states.js';

export interface Propagation {
  readonly applied: number;
  readonly lapsed: number;
  readonly pending: readonly string[];
}

interface ChangeDialogProps {
  readonly title: string;
  readonly doneTitle: string;
  readonly confirmLabel: string;
  /** What is said to hold everywhere: "The revocation". */
  readonly what: string;
  readonly danger?: boolean;
  readonly size?: 'md' | 'xl';
  /** Whether what the dialog asks for is given. */
  readonly ready?: boolean;
  readonly act: () => Promise<Propagation>;
  readonly describe: (error: unknown) => { readonly title: string; readonly detail: string };
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A change that is asked for, made, and answered with how far it has reached. What failed can be tried again as it stands. */
export function ChangeDialog(props: ChangeDialogProps) {
  const { title, doneTitle, confirmLabel, what, danger = false, ready = true, size = 'md', act, describe, onClose, children } = props;
  const [propagation, setPropagation] = useState<Propagation | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const confirm = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setPropagation(await act());
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  if (propagation !== null) {
    return (
      <Dialog title={doneTitle} opened onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
        <PropagationNote propagation={propagation} what={what} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={title}
      opened
      size={size}
      insistent={busy}
      onClose={onClose}
      footer={<DialogActions label={confirmLabel} busy={busy} ready={ready} danger={danger} onCancel={onClose} onConfirm={confirm} />}
    >
      {children}
      {failure !== null && <Failure title={describe(failure).title}>{describe(failure).detail}</Failure>}
    </Dialog>
  );
}
