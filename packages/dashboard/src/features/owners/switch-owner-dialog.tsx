import { Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../app/api/client.js';
import { describeError } from '../../app/api/describe-error.js';
import { ChangeDialog } from '../../ui/change-dialog.js';
import { formatCount } from '../../ui/format.js';

export function SwitchOwnerDialog({ owner, onClose }: { readonly owner: OwnerView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [isActive] = useState(owner.status === 'active');
  const name = owner.name ?? owner.id;
  const act = async () => {
    const { propagation } = await api.owners[isActive ? 'suspend' : 'resume'](owner.id, { reason: reason.trim() || null });
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <ChangeDialog
      title={`${isActive ? 'Suspend' : 'Resume'} “${name}”?`}
      doneTitle={`“${name}” is ${isActive ? 'suspended' : 'resumed'}`}
      confirmLabel={isActive ? 'Suspend' : 'Resume'}
      what={isActive ? 'The suspension' : 'The change'}
      danger={isActive}
      describe={describeError}
      act={act}
      onClose={onClose}
    >
      <div>
        {isActive
          ? `All ${formatCount(owner.keys.live, 'live key')} of this owner are refused until it is resumed. Nothing else of them changes.`
          : `The ${formatCount(owner.keys.live, 'live key')} of this owner are accepted again.`}
      </div>
      <Textarea
        label="Reason"
        description="Kept in the log."
        value={reason}
        maxLength={500}
        autosize
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ChangeDialog>
  );
}
