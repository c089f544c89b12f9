import { useQueryClient } from '@tanstack/react-query';
import type { KeyView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { ChangeDialog } from '../../../ui/dialogs/change-dialog.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';

/** Disabling can be undone; enabling undoes it. */
export function SwitchKeyDialog({ item, onClose }: { readonly item: KeyView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  // What was asked for, whatever the key has become meanwhile.
  const [isDisabled] = useState(item.status === 'disabled');
  const act = async () => {
    const { propagation } = await api.keys[isDisabled ? 'enable' : 'disable'](item.id, { reason: reason.trim() || null });
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <ChangeDialog
      title={`${isDisabled ? 'Enable' : 'Disable'} “${item.name}”?`}
      doneTitle={`“${item.name}” is ${isDisabled ? 'enabled' : 'disabled'}`}
      confirmLabel={isDisabled ? 'Enable' : 'Disable'}
      what="The change"
      describe={describeError}
      act={act}
      onClose={onClose}
    >
      <div>
        {isDisabled ? 'Its tokens are accepted again.' : 'Its tokens are refused until it is enabled again. Nothing else of it changes.'}
      </div>
      <ReasonField value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}
