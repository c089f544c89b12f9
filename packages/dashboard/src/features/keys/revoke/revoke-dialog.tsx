import { TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { KeyView, UsageReport } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { usageQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { ChangeDialog } from '../../../ui/dialogs/change-dialog.js';
import { formatCount } from '../../../ui/text/format.js';
import { Mono } from '../../../ui/text/mono.js';
import { Name } from '../../../ui/text/name.js';
import { OutcomeFigures } from '../../../ui/charts/outcome-figures.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';
import { Note, Working } from '../../../ui/feedback/states.js';
import { Time } from '../../../ui/time/time.js';

interface RevokeDialogProps {
  readonly item: KeyView;
  readonly onClose: () => void;
}

/** From so many accepted requests in a day on, a key is busy, and its name has to be typed. */
const BUSY = 100;

export function RevokeDialog({ item, onClose }: RevokeDialogProps) {
  const queryClient = useQueryClient();
  const mayUsage = useMay('usage:read');
  const usage = useQuery({ ...usageQuery({ key: item.id, span: '24h' }), enabled: mayUsage });
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const isBusy = (usage.data?.totals['valid'] ?? 0) >= BUSY;
  // As long as it is not known whether it is busy, it is not revoked by a slip of the hand.
  const isKnown = !mayUsage || usage.data !== undefined || usage.isError;
  const ready = isKnown && (!isBusy || typed.trim() === item.name.trim());
  const revoke = async () => {
    const { propagation } = await api.keys.revoke(item.id, { reason: reason.trim() || null });
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <ChangeDialog
      title={`Revoke “${item.name}”?`}
      doneTitle={`“${item.name}” is revoked`}
      confirmLabel="Revoke permanently"
      what="The revocation"
      danger
      ready={ready}
      describe={describeError}
      act={revoke}
      onClose={onClose}
    >
      <div>
        This is final. Every request with a token of <Mono>{item.hint}</Mono> is refused from then on. The record and its history stay.
      </div>
      {isKnown ? <RecentUse item={item} usage={usage.data} /> : <Working>Looking at what it was used for</Working>}
      <ReasonField value={reason} onChange={setReason} />
      {isBusy && (
        <TextInput
          label={
            <>
              Type <Name>{item.name}</Name> to confirm
            </>
          }
          description="It is in use: somebody will notice."
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
    </ChangeDialog>
  );
}

function RecentUse({ item, usage }: { readonly item: KeyView; readonly usage: UsageReport | undefined }) {
  if (usage === undefined || usage.total === 0) {
    return (
      <Note tone="calm">
        {usage === undefined ? 'Last used' : 'Not used in the last 24 hours; last used'} <Time at={item.lastUsedAt} />.
      </Note>
    );
  }
  return (
    <Note
      tone={(usage.totals['valid'] ?? 0) >= BUSY ? 'warn' : 'calm'}
      title={`${formatCount(usage.total, 'request')} in the last 24 hours`}
    >
      <OutcomeFigures total={usage.total} totals={usage.totals} behindMs={usage.behindMs} />
      Last used <Time at={item.lastUsedAt} />
      {item.lastUsedFrom?.address && (
        <>
          {' '}
          from <Mono>{item.lastUsedFrom.address}</Mono>
        </>
      )}
      {item.lastUsedFrom?.userAgent && (
        <>
          {' '}
          by <Name>{item.lastUsedFrom.userAgent}</Name>
        </>
      )}
      .
    </Note>
  );
}
