import { useRef, useState, type ReactNode } from 'react';
import { ChoiceChips } from '../forms/choice-chips.js';
import { DialogActions } from '../dialogs/dialog-actions.js';
import { Dialog } from '../dialogs/dialog.js';
import { newIdempotencyKey } from '../forms/idempotency-key.js';
import { Failure, Note } from '../feedback/states.js';
import { TokenDialog } from './token-dialog.js';

const GRACES = [
  { value: '0s', label: 'None: at once' },
  { value: '1h', label: '1 hour' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
] as const;

interface RotateDialogProps {
  readonly name: string;
  /** Gives the new token, or null where it cannot be shown again. */
  readonly rotate: (grace: string, idempotencyKey: string) => Promise<string | null>;
  readonly describe: (error: unknown) => { readonly title: string; readonly detail: string };
  readonly onClose: () => void;
  /** Stands beside the token as long as that is shown. */
  readonly beside?: ReactNode;
  /** The token was seen, and is forgotten. */
  readonly onDone: () => void;
}

/** First the grace, then the new token. */
export function RotateDialog({ name, rotate, describe, beside, onClose, onDone }: RotateDialogProps) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]['value']>('24h');
  const [issued, setIssued] = useState<{ readonly token: string | null } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // The same for each attempt of the same wish: an answer that was lost does not rotate twice.
  const attempt = useRef(newIdempotencyKey());

  const go = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setIssued({ token: await rotate(grace, attempt.current) });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const choose = (value: typeof grace): void => {
    attempt.current = newIdempotencyKey();
    setGrace(value);
  };
  const finish = (): void => {
    setIssued(null);
    onDone();
  };

  if (issued !== null) {
    return (
      <TokenDialog title={`The new token of “${name}”`} token={issued.token} name={name} onDone={finish}>
        <Note tone="calm">{endOfTheOld(grace)}</Note>
        {beside}
      </TokenDialog>
    );
  }
  return (
    <Dialog
      title={`Rotate “${name}”`}
      opened
      insistent={busy}
      onClose={onClose}
      footer={<DialogActions label="Rotate" busy={busy} onCancel={onClose} onConfirm={go} />}
    >
      <div>The key gets a new token. Its id, scopes, limits, credits and history stay.</div>
      <ChoiceChips label="The old token stays valid for" choices={GRACES} value={grace} onChange={choose} />
      {grace === '0s' && <Note tone="warn">Whoever uses the old token is refused at once, until they have the new one.</Note>}
      {failure !== null && <Failure title={describe(failure).title}>{describe(failure).detail}</Failure>}
    </Dialog>
  );
}

function endOfTheOld(grace: (typeof GRACES)[number]['value']): string {
  if (grace === '0s') return 'The old token is refused from now on.';
  const span = GRACES.find(({ value }) => value === grace)?.label;
  return `The old token stays valid for ${span} from now, or until the key itself expires: replace it everywhere before that.`;
}
