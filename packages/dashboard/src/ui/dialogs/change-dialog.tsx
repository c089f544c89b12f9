import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { DialogActions } from './dialog-actions.js';
import { Dialog } from './dialog.js';
import { PropagationNote } from './propagation-note.js';
import { ChangedNote, type Conflict } from './changed-note.js';
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
  /** What somebody else changed since the dialog opened, and the change to the new version. */
  readonly conflict?: (Conflict & { readonly act: () => Promise<Propagation> }) | null;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A change that is asked for, made, and answered with how far it has reached. What failed can be tried again as it stands. */
export function ChangeDialog(props: ChangeDialogProps) {
  const { title, doneTitle, confirmLabel, what, danger = false, ready = true, size = 'md', act, describe, onClose, children } = props;
  const conflict = props.conflict ?? null;
  const [propagation, setPropagation] = useState<Propagation | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const confirm = async (make = act): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setPropagation(await make());
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
      footer={
        <DialogActions
          label={confirmLabel}
          busy={busy}
          ready={ready && conflict === null}
          danger={danger}
          onCancel={onClose}
          onConfirm={async () => confirm()}
        />
      }
    >
      {children}
      {conflict !== null && (
        <ChangedNote {...conflict} label={`${confirmLabel} anyway`} busy={busy} onSave={() => void confirm(conflict.act)} />
      )}
      {failure !== null && !(conflict !== null && isChanged(failure)) && (
        <Failure title={describe(failure).title}>{describe(failure).detail}</Failure>
      )}
    </Dialog>
  );
}

/** The note about the conflict says it better. */
function isChanged(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'precondition_failed';
}
