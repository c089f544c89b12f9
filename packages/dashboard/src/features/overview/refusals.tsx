import { formatNumber, formatShare } from '../../ui/text/format.js';
import { wordOf } from '../../ui/charts/outcomes.js';
import { Section } from '../../ui/layout/page.js';
import classes from './overview.module.css';

/** Why requests were refused, the most frequent reason first, each with its share as a bar. */
export function Refusals({ byCode }: { readonly byCode: Readonly<Partial<Record<string, number>>> }) {
  const refusals = Object.entries(byCode)
    .filter(([code]) => code !== 'valid')
    .map(([code, count]) => [code, count ?? 0] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one);
  const sum = refusals.reduce((all, [, count]) => all + count, 0);
  return (
    <Section title="Refusals by reason, last 24 hours">
      {refusals.length === 0 ? (
        <span className={classes.soft}>Nothing was refused.</span>
      ) : (
        <ul className={classes.rows}>
          {refusals.map(([code, count]) => (
            <li key={code} className={classes.reason}>
              <span>{wordOf(code)}</span>
              <span className={classes.count}>
                {formatNumber(count)} <span className={classes.soft}>({formatShare(count, sum)})</span>
              </span>
              <span className={classes.bar} aria-hidden="true">
                <span style={{ width: `${(count / sum) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
