/**
 * Dialogs, and which of them are open.
 *
 * ui/dialogs/ owns dialogs for questions and for changes, and reports how far a change has reached.
 */
import { Modal } from '@mantine/core';
import { createContext, useContext, type ReactNode } from 'react';
import { useOpenDialog } from './open-dialogs.js';
import classes from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  /** Closed by its own buttons alone: not by Escape, not by a click beside it. */
  readonly insistent?: boolean;
  /** It shows what cannot be shown again: nothing may come over it, or take it away. */
  readonly shownOnce?: boolean;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
}

/** What whoever is in a dialog must hear of, too. */
export const DialogNote = createContext<ReactNode>(null);

/** A question or an answer over the page. Focus goes into it and comes back from it. */
export function Dialog({ title, opened, onClose, children, footer, insistent = false, shownOnce = false, size = 'md' }: DialogProps) {
  useOpenDialog(opened, shownOnce);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      closeOnEscape={!insistent}
      closeOnClickOutside={!insistent}
      withCloseButton={!insistent}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Its header element would be a second banner of the page.
      attributes={{ header: { role: 'presentation' } }}
      classNames={{ content: classes.content, header: classes.header, title: classes.title, body: classes.body }}
    >
      <div className={classes.stack}>
        {useContext(DialogNote)}
        {children}
      </div>
      {footer !== undefined && <div className={classes.footer}>{footer}</div>}
    </Modal>
  );
}
