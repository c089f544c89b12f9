import { Button, Checkbox } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { CopyButton } from '../text/copy-button.js';
import { Dialog } from '../dialogs/dialog.js';
import { DownloadIcon } from '../theme/icons.js';
import { Note } from '../feedback/states.js';
import classes from './token-dialog.module.css';

interface TokenDialogProps {
  readonly title: string;
  /** Null: the answer to a repeated request, which can no longer show it. */
  readonly token: string | null;
  /** Of the key: the line of an .env file is named after it. */
  readonly name: string;
  readonly children?: ReactNode;
  /** Whoever holds the token forgets it now. */
  readonly onDone: () => void;
}

/**
 * Shows a token, the one time that there is. It lives in the state of who opened this dialog and in nothing else: no cache, no
 * history, no storage; once closed there is no way back to it.
 */
export function TokenDialog({ title, token, name, children, onDone }: TokenDialogProps) {
  const [stored, setStored] = useState(false);
  useLeaveWarning(token !== null && !stored);
  const lost = token === null;
  return (
    <Dialog
      title={title}
      opened
      insistent
      shownOnce={!lost}
      size="lg"
      onClose={onDone}
      footer={
        <Button onClick={onDone} disabled={!stored && !lost}>
          Done
        </Button>
      }
    >
      {lost ? (
        <Note tone="warn" title="The token was shown before">
          This is the answer to a request that was repeated. Its token cannot be shown again: rotate the key to get a new one.
        </Note>
      ) : (
        <>
          <Note tone="warn">This token is shown once, now. Nobody can look it up later: not you, not an operator, not the database.</Note>
          <div className={classes.token} role="group" aria-label="Token">
            <code tabIndex={0}>{token}</code>
          </div>
          <div className={classes.ways}>
            <CopyButton text={token} label="Copy the token" />
            <Button variant="default" leftSection={<DownloadIcon size={15} />} onClick={() => downloadEnvLine(name, token)}>
              Download as .env line
            </Button>
          </div>
          <Checkbox
            label="I have stored it"
            checked={stored}
            onChange={(event) => setStored(event.currentTarget.checked)}
            description="In a secret manager or an .env file that is not committed."
          />
        </>
      )}
      {children}
    </Dialog>
  );
}

function downloadEnvLine(name: string, token: string): void {
  const address = URL.createObjectURL(new Blob([`${variableOf(name)}=${token}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${variableOf(name).toLowerCase()}.env`;
  link.click();
  URL.revokeObjectURL(address);
}

/** `Mobile app` becomes `MOBILE_APP_API_KEY`. */
function variableOf(name: string): string {
  const words = name.normalize('NFKD').match(/[A-Za-z0-9]+/g) ?? [];
  const stem = words.join('_').toUpperCase().slice(0, 40);
  return /^[A-Z]/.test(stem) ? `${stem}_API_KEY` : 'API_KEY';
}

/** Asks before the window is closed or loaded anew. */
function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [active]);
}
