import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemOf, type ChangedWhere, type KeyFilter } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { settingsQuery } from '../../../api/calls/queries.js';
import { formFailure } from '../../../api/errors/form-failure.js';
import { useMay } from '../../../api/session/session.js';
import { extendKeysWhere, listKeys } from '../../../contract/calls/keys.js';
import { DialogActions } from '../../../ui/dialogs/dialog-actions.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import { PropagationNote } from '../../../ui/dialogs/propagation-note.js';
import { Failure, Note, Working } from '../../../ui/feedback/states.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';
import { formatCount } from '../../../ui/text/format.js';
import { Mono } from '../../../ui/text/mono.js';
import { Name } from '../../../ui/text/name.js';
import { ExpiryFields } from '../edit/expiry-fields.js';
import { expiryOf, type Expiry } from '../edit/expiry.js';
import classes from './bulk.module.css';
import { keysInWords, WORDS, type Change } from './changes.js';
import { CountField, isCount } from './count-field.js';
import { refusalsIn } from './refusals.js';

export interface ChangeMatchingDialogProps {
  readonly change: Change;
  readonly where: KeyFilter;
  readonly onClose: () => void;
}

const EXPIRY_PLACES = { expiresAt: 'expiry', expiresIn: 'expiry' } as const;

/** Counts the keys, and changes them if the service still counts as many: all of them, or none. */
export function ChangeMatchingDialog({ change, where: given, onClose }: ChangeMatchingDialogProps) {
  const queryClient = useQueryClient();
  // The question is about the filters with which it was put.
  const [where] = useState(given);
  const [expiry, setExpiry] = useState<Expiry>({ expiry: '90d', expiryDate: '' });
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<ChangedWhere | null>(null);
  const words = WORDS[change];

  const count = useQuery({
    queryKey: ['keys', 'matching', change, where],
    queryFn: async ({ signal }) => callOf(change)({ where, dryRun: true, ...(change === 'extend' && SOME_EXPIRY) }, { signal }),
    enabled: outcome === null && !busy,
    // The number that is confirmed stays as it was read.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const matched = count.isFetching ? undefined : count.data?.matched;

  const confirm = async (expect: number): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const input = { where, expect, reason: reason.trim() || null, ...(change === 'extend' && expiryOf(expiry)) };
      setOutcome(await callOf(change)(input));
      void queryClient.invalidateQueries();
    } catch (error) {
      setFailure(error);
      // Another number needs another confirmation.
      if (problemOf(error)?.code === 'count_changed') {
        setTyped('');
        void count.refetch();
      }
    } finally {
      setBusy(false);
    }
  };

  if (outcome !== null) return <Changed change={change} outcome={outcome} onClose={onClose} />;
  const { errors } = formFailure(failure, extendKeysWhere, EXPIRY_PLACES);
  const isRefused = refusalsIn(failure).length > 0;
  return (
    <Dialog
      title={words.title(keysInWords(matched))}
      opened
      insistent={busy}
      onClose={onClose}
      footer={
        <DialogActions
          label={words.confirm(keysInWords(matched))}
          busy={busy}
          ready={matched !== undefined && matched > 0 && (change !== 'revoke' || isCount(typed, matched))}
          danger={words.danger}
          onCancel={onClose}
          onConfirm={async () => confirm(matched ?? 0)}
        />
      }
    >
      <Filters where={where} />
      <div>{words.effect}</div>
      {count.isFetching && <Working>Counting the keys</Working>}
      {count.isError && !count.isFetching && (
        <Failure title="The keys cannot be changed together" onRetry={() => void count.refetch()}>
          {formFailure(count.error, extendKeysWhere).detail}
        </Failure>
      )}
      {matched !== undefined && (
        <Note
          tone={matched > 0 ? 'warn' : 'calm'}
          title={matched > 0 ? `${formatCount(matched, 'key')} would change` : 'No key would change'}
        >
          {words.without}
        </Note>
      )}
      {change === 'extend' && <NewExpiry value={expiry} error={isRefused ? undefined : errors['expiry']} onChange={setExpiry} />}
      <ReasonField value={reason} error={errors['reason']} onChange={setReason} />
      {change === 'revoke' && matched !== undefined && matched > 0 && <CountField count={matched} value={typed} onChange={setTyped} />}
      {busy && <Working>Changing the keys</Working>}
      {failure !== null && <Refused error={failure} />}
    </Dialog>
  );
}

/** The count does not depend on the expiry, and the call asks for one. */
const SOME_EXPIRY = { expiresIn: '1d' };

function callOf(change: Change) {
  return { revoke: api.keys.revokeWhere, disable: api.keys.disableWhere, extend: api.keys.extendWhere }[change];
}

function Filters({ where }: { readonly where: KeyFilter }) {
  return (
    <dl className={classes.filters} aria-label="Filters">
      {(['owner', 'environment', 'tier', 'status', 'tags'] as const)
        .filter((name) => where[name] !== undefined)
        .map((name) => (
          <div key={name}>
            <dt>{listKeys[name].label}</dt>
            <dd>
              <Name>{String(name === 'tags' ? where.tags?.join(', ') : where[name])}</Name>
            </dd>
          </div>
        ))}
    </dl>
  );
}

interface NewExpiryProps {
  readonly value: Expiry;
  readonly error: string | undefined;
  readonly onChange: (value: Expiry) => void;
}

function NewExpiry({ value, error, onChange }: NewExpiryProps) {
  const settings = useQuery({ ...settingsQuery, enabled: useMay('settings:read') }).data;
  const longest = settings?.settings.find(({ name }) => name === 'LATCHKEY_MAX_KEY_LIFETIME')?.value ?? null;
  return <ExpiryFields value={value} error={error} onChange={(changed) => onChange({ ...value, ...changed })} longest={longest} />;
}

/** Nothing was changed: the keys that the service refused, or the failure. */
function Refused({ error }: { readonly error: unknown }) {
  const refusals = refusalsIn(error);
  const { title, detail } = formFailure(error, extendKeysWhere, EXPIRY_PLACES);
  if (refusals.length === 0) return <Failure title={title}>{detail}</Failure>;
  return (
    <Failure title="No key was changed">
      <ul className={classes.refused} aria-label="Refused keys">
        {refusals.map(({ id, reason }) => (
          <li key={id}>
            <Link to="/keys/$id" params={{ id }}>
              <Mono>{id}</Mono>
            </Link>
            : {reason}
          </li>
        ))}
      </ul>
    </Failure>
  );
}

interface ChangedProps {
  readonly change: Change;
  readonly outcome: ChangedWhere;
  readonly onClose: () => void;
}

function Changed({ change, outcome: { matched, changed, propagation }, onClose }: ChangedProps) {
  const { done, what } = WORDS[change];
  return (
    <Dialog title={done(formatCount(changed, 'key'))} opened onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <PropagationNote propagation={propagation} what={what} />
      {changed < matched && <Note tone="calm">{formatCount(matched - changed, 'key')} had this expiry already.</Note>}
    </Dialog>
  );
}
