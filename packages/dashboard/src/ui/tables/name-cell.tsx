import type { ReactNode } from 'react';
import { Mono } from '../text/mono.js';
import classes from './name-cell.module.css';

interface NameCellProps {
  /** The link that shows the name. */
  readonly children: ReactNode;
  /** What tells it from others of the same name. */
  readonly below: string | null;
  readonly wide?: boolean;
  /** Whether, on a narrow screen, a menu of the row stands beside it. */
  readonly beside?: boolean;
}

/** Of a table: a name that is cut where it is long, over what identifies it. */
export function NameCell({ children, below, wide = false, beside = false }: NameCellProps) {
  const styles = [classes['cell'], wide && classes['wide'], beside && classes['beside']].filter(Boolean);
  return (
    <span className={styles.join(' ')}>
      {children}
      {below !== null && <Mono soft>{below}</Mono>}
    </span>
  );
}
