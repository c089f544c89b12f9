/**
 * Verifications over time by outcome, drawn or as a table.
 *
 * ui/charts/ owns drawn figures: outcomes over time, and the used share of a limit.
 */
import { useState, type ComponentType } from 'react';
import { Button } from '@mantine/core';
import classes from './outcome-chart.module.css';
import { formatNumber, formatShortDay, formatMinute } from '../text/format.js';
import type { OutcomePlotProps } from './outcome-plot.js';
import { outcomesIn, wordOf, type OutcomePoint } from './outcomes.js';

interface OutcomeChartProps {
  readonly points: readonly OutcomePoint[];
  readonly by: 'hour' | 'day';
  readonly label: string;
  readonly drawing: ComponentType<OutcomePlotProps>;
}

export function OutcomeChart({ points, by, label, drawing: Drawing }: OutcomeChartProps) {
  const [asTable, setAsTable] = useState(false);
  const outcomes = outcomesIn(points);
  return (
    <figure className={classes.figure} aria-label={label}>
      {asTable ? (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${label}, as a table`}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{by === 'hour' ? 'Hour' : 'Day'}</th>
                {outcomes.map((code) => (
                  <th key={code} scope="col">
                    {wordOf(code)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {points.map(({ start, counts }) => (
                <tr key={start}>
                  <th scope="row">{by === 'hour' ? formatMinute(start) : formatShortDay(start)}</th>
                  {outcomes.map((code) => (
                    <td key={code}>{formatNumber(counts[code] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Drawing points={points} by={by} outcomes={outcomes} />
      )}
      <figcaption>
        <Button size="compact-xs" variant="subtle" onClick={() => setAsTable(!asTable)} aria-pressed={asTable}>
          {asTable ? 'Show the chart' : 'Show as a table'}
        </Button>
      </figcaption>
    </figure>
  );
}
