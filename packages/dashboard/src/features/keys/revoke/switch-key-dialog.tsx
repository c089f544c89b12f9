import { useQueryClient } from '@tanstack/react-query';
import type { KeyView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { keyQuery } from '../../../api/calls/queries.js';
import { useVersion } from '../../../api/calls/use-version.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { ChangeDialog } from '../../../ui/dialogs/change-dialog.js';
import { ReasonField } from '../../../ui/forms/reason-field.js';

/** Disabling can be undone; enabling undoes it. */
export function SwitchKeyDialog({ item, onClose }: { readonly item: KeyView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  // What was asked for, whatever the key has become meanwhile.
  const [isDisabled] = useState(item.status === 'disabled');
  const { isOutdated, change } = useVersion(item, keyQuery(item.id).queryKey);
  const act = async (version?: number) => {
    const call = api.keys[isDisabled ? 'enable' : 'disable'];
    const { propagation } = await change(async (condition) => call(item.id, { reason: reason.trim() || null }, condition), version);
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
      act={async () => act()}
      conflict={isOutdated ? { noun: 'key', differences: [], act: async () => act(item.version) } : null}
      onClose={onClose}
    >
      <div>
        {isDisabled ? 'Its tokens are accepted again.' : 'Its tokens are refused until it is enabled again. Nothing else of it changes.'}
      </div>
      <ReasonField value={reason} onChange={setReason} />
    </ChangeDialog>
  );
}
