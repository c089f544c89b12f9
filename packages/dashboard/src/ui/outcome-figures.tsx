import { formatNumber, formatShare } from './format.js';
import classes from './outcome-figures.module.css';
import { wordOf } from './outcomes.js';

interface OutcomeFiguresProps {
  readonly total: number;
  readonly totals: Readonly<Partial<Record<string, number>>>;
}

/** The sums in words, the most frequent first. */
export function OutcomeFigures({ total, totals }: OutcomeFiguresProps) {
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
          <strong>{formatNumber(count)}</strong> {wordOf(code).toLowerCase()} ({formatShare(count, total)})
        </span>
      ))}
    </div>
  );
}
