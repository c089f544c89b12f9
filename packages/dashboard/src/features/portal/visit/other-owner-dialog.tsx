import { DialogActions } from '../../../ui/dialogs/dialog-actions.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import type { OwnerQuestion } from './portal-visit.js';

interface OtherOwnerDialogProps {
  readonly question: OwnerQuestion | null;
  readonly onAnswer: (isToOpen: boolean) => void;
}

/** Asks before the portal of another owner takes the place of the one that is open. */
export function OtherOwnerDialog({ question, onAnswer }: OtherOwnerDialogProps) {
  if (question === null) return null;
  const keep = (): void => onAnswer(false);
  return (
    <Dialog
      title="Open the keys of another owner?"
      opened
      onClose={keep}
      footer={
        <DialogActions
          label="Open the other keys"
          cancelLabel="Keep what is open"
          busy={false}
          onCancel={keep}
          onConfirm={async () => onAnswer(true)}
        />
      }
    >
      <div>{question.detail}</div>
      <div>If you did not follow this link yourself, keep what is open.</div>
    </Dialog>
  );
}
