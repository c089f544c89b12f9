import { formatNumber, formatShare, formatSpan } from '../text/format.js';
import classes from './outcome-figures.module.css';
import { wordInside } from './outcomes.js';

interface OutcomeFiguresProps {
  readonly total: number;
  readonly totals: Readonly<Partial<Record<string, number>>>;
  /** In milliseconds. */
  readonly behindMs: number;
}

/** The sums in words, the most frequent first. */
export function OutcomeFigures({ total, totals, behindMs }: OutcomeFiguresProps) {
  const sums = Object.entries(totals)
    .map(([code, count]) => [code, count ?? 0] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one);
  return (
    <div className={classes.figures}>
      <span>
        <strong>{formatNumber(total)}</strong> in all
      </span>
      {sums.map(([code, count]) => (
        <span key={code}>
          <strong>{formatNumber(count)}</strong> {wordInside(code)} ({formatShare(count, total)})
        </span>
      ))}
      <span>up to {formatSpan(behindMs)} behind</span>
    </div>
  );
}
