import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { OwnKeyView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { ChangeDialog } from '../../../ui/dialogs/change-dialog.js';
import { formatCount } from '../../../ui/text/format.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';
import { Mono } from '../../../ui/text/mono.js';
import { Note } from '../../../ui/feedback/states.js';
import { Time } from '../../../ui/time/time.js';
import { meQuery, ownUsageQuery } from './portal-queries.js';

export function RevokeOwnKeyDialog({ item, onClose }: { readonly item: OwnKeyView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const mayUsage = useQuery(meQuery).data?.allow.usage ?? false;
  const usage = useQuery({ ...ownUsageQuery(item.id, '24h'), enabled: mayUsage });
  const [reason, setReason] = useState('');
  const revoke = async () => {
    const { propagation } = await api.me.keys.revoke(item.id, { reason: reason.trim() || null });
    void queryClient.invalidateQueries();
    return propagation;
  };
  const used = usage.data?.total ?? 0;
  return (
    <ChangeDialog
      title={`Revoke “${item.name}”?`}
      doneTitle={`“${item.name}” is revoked`}
      confirmLabel="Revoke permanently"
      what="The revocation"
      danger
      describe={describeError}
      act={revoke}
      onClose={onClose}
    >
      <div>
        This is final. Every program that uses <Mono>{item.hint}</Mono> is refused from then on.
      </div>
      <Note tone={used > 0 ? 'warn' : 'calm'}>
        {used > 0 && `${formatCount(used, 'request')} in the last 24 hours. `}Last used <Time at={item.lastUsedAt} />.
      </Note>
      <ReasonField value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}
