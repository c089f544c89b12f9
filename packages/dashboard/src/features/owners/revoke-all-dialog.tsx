import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { ChangeDialog } from '../../ui/dialogs/change-dialog.js';
import { formatCount } from '../../ui/text/format.js';
import { Mono } from '../../ui/text/mono.js';
import { notify } from '../../ui/feedback/notices.js';
import { ReasonField } from '../../ui/forms/reason-field.js';

export function RevokeAllDialog({ owner, onClose }: { readonly owner: OwnerView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const act = async () => {
    const { revoked, propagation } = await api.owners.revokeAll(owner.id, { reason: reason.trim() || null });
    notify(`${formatCount(revoked, 'key')} revoked.`);
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <ChangeDialog
      title={`Revoke all keys of “${owner.name ?? owner.id}”?`}
      doneTitle="All keys of this owner are revoked"
      confirmLabel="Revoke all permanently"
      what="The revocation"
      danger
      ready={typed.trim() === owner.id}
      describe={describeError}
      act={act}
      onClose={onClose}
    >
      <div>{formatCount(owner.keys.live, 'live key')} would be revoked. This is final. To stop them for a while, suspend the owner.</div>
      <ReasonField value={reason} onChange={setReason} />
      <TextInput
        label={
          <>
            Type <Mono>{owner.id}</Mono> to confirm
          </>
        }
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ChangeDialog>
  );
}
