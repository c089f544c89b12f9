import { useQueryClient } from '@tanstack/react-query';
import type { OwnerView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { ownerQuery } from '../../api/calls/queries.js';
import { useVersion } from '../../api/calls/use-version.js';
import { describeError } from '../../api/errors/describe-error.js';
import { ChangeDialog } from '../../ui/dialogs/change-dialog.js';
import { formatNumber } from '../../ui/text/format.js';
import { ReasonField } from '../../ui/forms/reason-field.js';

export function SwitchOwnerDialog({ owner, onClose }: { readonly owner: OwnerView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [isActive] = useState(owner.status === 'active');
  const name = owner.name ?? owner.id;
  const { isOutdated, change } = useVersion(owner, ownerQuery(owner.id).queryKey);
  const act = async (version?: number) => {
    const call = api.owners[isActive ? 'suspend' : 'resume'];
    const { propagation } = await change(async (condition) => call(owner.id, { reason: reason.trim() || null }, condition), version);
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
      act={async () => act()}
      conflict={isOutdated ? { noun: 'owner', differences: [], act: async () => act(owner.version) } : null}
      onClose={onClose}
    >
      <div>
        {isActive
          ? 'All live keys of this owner are refused until it is resumed. Nothing else of them changes.'
          : 'All live keys of this owner are accepted again.'}{' '}
        {owner.keys.live === 1 ? 'There is 1 of them.' : `There are ${formatNumber(owner.keys.live)} of them.`}
      </div>
      <ReasonField value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}
