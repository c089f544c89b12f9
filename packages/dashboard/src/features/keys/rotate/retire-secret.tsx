import { useQueryClient } from '@tanstack/react-query';
import type { KeyView, SecretView } from 'latchkey/client';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { RetireDialog } from '../../../ui/keys/retire-dialog.js';

interface RetireSecretProps {
  readonly item: KeyView;
  readonly secret: SecretView;
  readonly onClose: () => void;
}

export function RetireSecret({ item, secret, onClose }: RetireSecretProps) {
  const queryClient = useQueryClient();
  const retire = async () => {
    const { propagation } = await api.keys.retireSecret(item.id, secret.id);
    void queryClient.invalidateQueries();
    return propagation;
  };
  return <RetireDialog secret={secret} retire={retire} describe={describeError} onClose={onClose} />;
}
