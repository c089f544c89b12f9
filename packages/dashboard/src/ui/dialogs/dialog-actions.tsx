import { Button } from '@mantine/core';

interface DialogActionsProps {
  /** What is done, on its button. */
  readonly label: string;
  readonly cancelLabel?: string;
  readonly busy: boolean;
  readonly ready?: boolean;
  readonly danger?: boolean;
  readonly onCancel: () => void;
  readonly onConfirm: () => Promise<void>;
}

/** At the foot of a dialog that does something: the way out, which is closed while it is done, and the doing. */
export function DialogActions({
  label,
  cancelLabel = 'Cancel',
  busy,
  ready = true,
  danger = false,
  onCancel,
  onConfirm,
}: DialogActionsProps) {
  return (
    <>
      <Button variant="default" onClick={onCancel} disabled={busy}>
        {cancelLabel}
      </Button>
      <Button {...(danger && { color: 'red' })} loading={busy} disabled={!ready} onClick={() => void onConfirm()}>
        {label}
      </Button>
    </>
  );
}
