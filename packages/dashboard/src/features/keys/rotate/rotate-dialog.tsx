import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { KeyView } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { RotateDialog } from '../../../ui/keys/rotate-dialog.js';
import { StayWhileShown } from '../stay-while-shown.js';

/** Leads, after the token, to the page on which the old one is seen to fall silent. */
export function RotateKeyDialog({ item, onClose }: { readonly item: KeyView; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // The secret that was current when the question was put: somebody else's rotation meanwhile is not overtaken.
  const [currentSecretId] = useState(item.secrets[0]?.id);
  const rotate = async (grace: string, idempotencyKey: string) => {
    const { token } = await api.keys.rotate(item.id, { grace, currentSecretId }, { idempotencyKey });
    void queryClient.invalidateQueries();
    return token?.reveal() ?? null;
  };
  const finish = (): void => {
    onClose();
    void navigate({ to: '/keys/$id/rotation', params: { id: item.id } });
  };
  return (
    <RotateDialog name={item.name} rotate={rotate} describe={describeError} beside={<StayWhileShown />} onClose={onClose} onDone={finish} />
  );
}
