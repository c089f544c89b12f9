import { useQueryClient } from '@tanstack/react-query';
import type { OwnKeyView } from 'latchkey/client';
import { api } from '../../../api/calls/client.js';
import { describeError } from '../../../api/errors/describe-error.js';
import { RotateDialog } from '../../../ui/keys/rotate-dialog.js';

export function RotateOwnKeyDialog({ item, onClose }: { readonly item: OwnKeyView; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const rotate = async (grace: string, idempotencyKey: string) => {
    const { token } = await api.me.keys.rotate(item.id, { grace }, { idempotencyKey });
    void queryClient.invalidateQueries();
    return token?.reveal() ?? null;
  };
  return <RotateDialog name={item.name} rotate={rotate} describe={describeError} onClose={onClose} onDone={onClose} />;
}
