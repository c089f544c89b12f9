import type { KeyView, SecretView } from 'latchkey/client';
import { api } from '../../../app/api/client.js';
import { ChangeDialog } from '../../../ui/change-dialog.js';
import { describeError } from '../../../app/api/describe-error.js';
import { Mono } from '../../../ui/mono.js';
import { Time } from '../../../ui/time.js';
import { useQueryClient } from '@tanstack/react-query';

interface RetireDialogProps {
  readonly item: KeyView;
  readonly secret: SecretView;
  readonly onClose: () => void;
}

export function RetireDialog({ item, secret, onClose }: RetireDialogProps) {
  const queryClient = useQueryClient();
  const retire = async () => {
    const { propagation } = await api.keys.retireSecret(item.id, secret.id);
    void queryClient.invalidateQueries();
    return propagation;
  };
  return (
    <ChangeDialog
      title="End the old secret now?"
      doneTitle="The old secret has ended"
      confirmLabel="End it now"
      what="The end of the old secret"
      danger
      describe={describeError}
      act={retire}
      onClose={onClose}
    >
      <div>
        <Mono>{secret.hint}</Mono> was last used <Time at={secret.lastUsedAt} />. From now on every request with it is refused; the current
        token goes on working.
      </div>
    </ChangeDialog>
  );
}
