import { Button } from '@mantine/core';
import { Name } from '../text/name.js';
import classes from './changed-note.module.css';
import { Note } from '../feedback/states.js';

/** A field that somebody else changed. */
export interface Difference {
  readonly label: string;
  readonly now: string;
  /** The value that saving would write; null if saving keeps the value that the field has now. */
  readonly typed: string | null;
}

export interface Conflict {
  readonly noun: 'key' | 'owner';
  readonly differences: readonly Difference[];
  /** Drops what was typed and shows the new version. A question without fields has none. */
  readonly onLoad?: () => void;
}

interface ChangedNoteProps extends Conflict {
  /** The label of the button that makes the change to the new version. */
  readonly label: string;
  readonly busy: boolean;
  readonly onSave: () => void;
}

/** Says that somebody else changed the record of a form, and lets the person decide. */
export function ChangedNote({ noun, differences, label, busy, onSave, onLoad }: ChangedNoteProps) {
  return (
    <div role="alert">
      <Note tone="warn" title={`The ${noun} has changed`}>
        Somebody else changed it meanwhile. Nothing is saved yet{onLoad !== undefined && ', and what you typed is kept'}.
        {differences.length > 0 && (
          <ul className={classes.differences}>
            {differences.map(({ label: field, now, typed }) => (
              <li key={field}>
                {field}: now <Name>{quoted(now)}</Name>.{' '}
                {typed === null ? (
                  onLoad !== undefined && 'Saving keeps it.'
                ) : (
                  <>
                    Saving writes <Name>{quoted(typed)}</Name>.
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        <div className={classes.buttons}>
          <Button size="xs" variant="default" loading={busy} onClick={onSave}>
            {label}
          </Button>
          {onLoad !== undefined && (
            <Button size="xs" variant="subtle" disabled={busy} onClick={onLoad}>
              Discard what I typed
            </Button>
          )}
        </div>
      </Note>
    </div>
  );
}

const MOST = 200;

function quoted(text: string): string {
  if (text === '') return 'empty';
  return `“${text.length > MOST ? `${text.slice(0, MOST)}…` : text}”`;
}
