/**
 * An instant, relative to now.
 *
 * ui/time/ owns the present and the display of instants.
 */
import { Tooltip } from '@mantine/core';
import { formatExact, formatRelative } from '../text/format.js';
import classes from './time.module.css';
import { useNow } from './use-now.js';

interface TimeProps {
  /** ISO 8601, or null for what did not happen. */
  readonly at: string | null;
  /** Said instead where there is none. */
  readonly never?: string;
  /** In a table the row leads to a page where the exact time can be reached by keyboard; its cells are no stops of their own. */
  readonly focusable?: boolean;
}

/** A time as its distance from now; the exact one on hover and focus. */
export function Time({ at, never = 'never', focusable = true }: TimeProps) {
  const now = useNow();
  if (at === null) return <span className={classes.never}>{never}</span>;
  const exact = formatExact(at);
  return (
    <Tooltip label={exact}>
      <time
        dateTime={at}
        className={classes.time}
        {...(focusable && { tabIndex: 0, 'aria-label': `${formatRelative(at, now)}, ${exact}` })}
      >
        {formatRelative(at, now)}
      </time>
    </Tooltip>
  );
}
