import type { KeyView } from 'latchkey/client';
import { formatNumber, formatWindow } from '../../ui/text/format.js';
import { Badge } from '../../ui/text/badge.js';
import classes from './limits.module.css';

interface LimitListProps {
  readonly limits: KeyView['limits'];
  readonly none: string;
}

export function LimitList({ limits, none }: LimitListProps) {
  if (limits.length === 0) return <span className={classes.none}>{none}</span>;
  return (
    <ul className={classes.list}>
      {limits.map((limit) => (
        <li key={limit.name}>
          <Badge tone="calm">{limit.name}</Badge> {formatNumber(limit.limit)} per {formatWindow(limit.windowMs)}
          <span className={classes.none}>
            {' '}
            {WORDS[limit.algorithm]}
            {limit.burst !== undefined && `, at most ${formatNumber(limit.burst)} at once`}
          </span>
        </li>
      ))}
    </ul>
  );
}

const WORDS = {
  'fixed-window': 'by the calendar',
  'sliding-window': 'in any such span',
  'token-bucket': 'evenly',
} as const;
