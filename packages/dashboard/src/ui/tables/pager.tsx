import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../text/format.js';
import classes from './pager.module.css';
import { Empty } from '../feedback/states.js';

interface PagerProps {
  readonly shown: number;
  readonly noun: string;
  /** Where an s does not make the plural. */
  readonly many?: string;
  readonly total?: number | undefined;
  readonly isFirst: boolean;
  readonly onFirst: () => void;
  /** Null where the page before is not known: the address was opened as it is. */
  readonly onPrevious: (() => void) | null;
  /** Null on the last page. */
  readonly onNext: (() => void) | null;
}

interface PagedProps extends PagerProps {
  /** In place of a list that is empty. */
  readonly none: ReactNode;
  /** What there is on the page. */
  readonly children: ReactNode;
}

/** A page of a list, and the ways to others; where nothing is on it, why, and what to do. */
export function Paged({ none, children, ...pages }: PagedProps) {
  if (pages.shown === 0) return pages.isFirst ? none : <EmptiedPage onFirst={pages.onFirst} />;
  return (
    <>
      {children}
      <Pager {...pages} />
    </>
  );
}

/** Pages by cursor: there is a next one and a first one, and no number of pages, which nobody has to count. */
export function Pager({ shown, noun, many = `${noun}s`, total, isFirst, onFirst, onPrevious, onNext }: PagerProps) {
  return (
    <nav className={classes.pager} aria-label="Pages">
      <span className={classes.count} role="status">
        {formatCount(shown, noun, many)} on this page{total !== undefined && `, ${formatCount(total, noun, many)} in all`}
      </span>
      {!(isFirst && onNext === null) && (
        <span className={classes.buttons}>
          <Button size="xs" variant="default" disabled={isFirst} onClick={onFirst}>
            First
          </Button>
          <Button size="xs" variant="default" disabled={isFirst || onPrevious === null} onClick={onPrevious ?? onFirst}>
            Previous
          </Button>
          <Button size="xs" variant="default" disabled={onNext === null} onClick={onNext ?? onFirst}>
            Next
          </Button>
        </span>
      )}
    </nav>
  );
}

/** In place of a page on which nothing is left. */
function EmptiedPage({ onFirst }: { readonly onFirst: () => void }) {
  return (
    <Empty
      title="Nothing is left on this page"
      action={
        <Button variant="default" onClick={onFirst}>
          To the first page
        </Button>
      }
    >
      What was here was changed or taken away, and belongs to another page by now.
    </Empty>
  );
}
