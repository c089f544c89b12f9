import { Button, Progress } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { KeyView, Propagation } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { DialogActions } from '../../../ui/dialogs/dialog-actions.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import { formatCount, formatNumber } from '../../../ui/text/format.js';
import { Name } from '../../../ui/text/name.js';
import { PropagationNote } from '../../../ui/dialogs/propagation-note.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';
import { CountField, isCount } from './count-field.js';
import { Failure, Note } from '../../../ui/feedback/states.js';

interface RevokeSelectedDialogProps {
  readonly keys: readonly KeyView[];
  readonly onClose: () => void;
  /** Told of those that are revoked by now, or were before. */
  readonly onRevoked: (ids: readonly string[]) => void;
}

interface Outcome {
  readonly revoked: number;
  readonly already: number;
  readonly forbidden: number;
  readonly propagation: Propagation;
}

/** What the service takes in one call. */
const BATCH = 100;

export function RevokeSelectedDialog({ keys, onClose, onRevoked }: RevokeSelectedDialogProps) {
  const queryClient = useQueryClient();
  // Those that were selected when the question was put: it is about them.
  const [asked] = useState(keys);
  const [count, setCount] = useState('');
  const [reason, setReason] = useState('');
  const [done, setDone] = useState<number | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const revoke = async (): Promise<void> => {
    setFailure(null);
    setDone(0);
    try {
      const sums = { revoked: 0, already: 0, forbidden: 0 };
      let reached: Propagation = { applied: 0, lapsed: 0, pending: [] };
      for (let start = 0; start < asked.length; start += BATCH) {
        const ids = asked.slice(start, start + BATCH).map(({ id }) => id);
        const { results, propagation } = await api.keys.revokeMany({ ids, reason: reason.trim() || null });
        const revoked = results.filter((result) => result.revoked).length;
        const forbidden = results.filter(({ code }) => code === 'forbidden').length;
        sums.revoked += revoked;
        sums.forbidden += forbidden;
        sums.already += results.length - revoked - forbidden;
        // A node that one batch did not reach is told of, whatever became of the next.
        reached = { ...propagation, pending: [...new Set([...reached.pending, ...propagation.pending])] };
        onRevoked(ids);
        setDone(start + ids.length);
      }
      setOutcome({ ...sums, propagation: reached });
    } catch (error) {
      setFailure(error);
    } finally {
      setDone(null);
      void queryClient.invalidateQueries();
    }
  };

  if (outcome !== null) {
    return (
      <Dialog
        title={`${formatCount(outcome.revoked, 'key')} revoked`}
        opened
        onClose={onClose}
        footer={<Button onClick={onClose}>Close</Button>}
      >
        <PropagationNote propagation={outcome.propagation} what="The revocation" />
        {outcome.forbidden > 0 && (
          <Note tone="warn">
            {formatCount(outcome.forbidden, 'key')} may do more than you, and stay as they were. Ask somebody who holds as much.
          </Note>
        )}
        {outcome.already > 0 && (
          <Note tone="calm">{formatCount(outcome.already, 'key')} had been revoked before, or are no longer there.</Note>
        )}
      </Dialog>
    );
  }
  const busy = done !== null;
  return (
    <Dialog
      title={`Revoke ${formatCount(asked.length, 'key')}?`}
      opened
      insistent={busy}
      onClose={onClose}
      footer={
        <DialogActions
          label={`Revoke ${formatCount(asked.length, 'key')}`}
          cancelLabel="Keep them"
          busy={busy}
          ready={isCount(count, asked.length)}
          danger
          onCancel={onClose}
          onConfirm={revoke}
        />
      }
    >
      <div>
        This is final. Every request with one of their tokens is refused from then on: <SomeNames keys={asked} />.
      </div>
      <ReasonField value={reason} onChange={setReason} />
      <CountField count={asked.length} value={count} onChange={setCount} />
      {busy && (
        <Progress.Root size="sm">
          <Progress.Section
            value={(done / asked.length) * 100}
            aria-label={`${formatNumber(done)} of ${formatNumber(asked.length)} revoked`}
          />
        </Progress.Root>
      )}
      {failure !== null && <Failure title={describeError(failure).title}>{describeError(failure).detail}</Failure>}
    </Dialog>
  );
}

function SomeNames({ keys }: { readonly keys: readonly KeyView[] }) {
  const shown = keys.slice(0, 3);
  return (
    <>
      {shown.map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <strong>
            <Name>{name}</Name>
          </strong>
        </span>
      ))}
      {keys.length > shown.length && ` and ${formatNumber(keys.length - shown.length)} more`}
    </>
  );
}
