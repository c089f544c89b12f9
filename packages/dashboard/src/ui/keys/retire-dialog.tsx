import { ChangeDialog, type Propagation } from '../dialogs/change-dialog.js';
import { Mono } from '../text/mono.js';
import { Time } from '../time/time.js';

interface RetireDialogProps {
  readonly secret: { readonly hint: string; readonly lastUsedAt: string | null };
  readonly retire: () => Promise<Propagation>;
  readonly describe: (error: unknown) => { readonly title: string; readonly detail: string };
  readonly onClose: () => void;
}

/** Ends an old token of a key at once, which a rotation left valid. */
export function RetireDialog({ secret, retire, describe, onClose }: RetireDialogProps) {
  return (
    <ChangeDialog
      title="End the old secret now?"
      doneTitle="The old secret has ended"
      confirmLabel="End it now"
      what="The end of the old secret"
      danger
      describe={describe}
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
