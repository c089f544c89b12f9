import { formatNumber } from '../text/format.js';
import classes from './sparkline.module.css';

interface SparklineProps {
  /** One value for each step, the oldest first. */
  readonly points: readonly { readonly valid: number; readonly refused: number }[];
  /** What the line spans, for who does not see it. */
  readonly span: string;
}

const WIDTH = 84;
const HEIGHT = 22;
const GAP = 2;

/** A bar for each day: what was accepted below, what was refused above it. */
export function Sparkline({ points, span }: SparklineProps) {
  const totals = points.map(({ valid, refused }) => valid + refused);
  const most = Math.max(1, ...totals);
  const width = WIDTH / Math.max(1, points.length);
  const sum = totals.reduce((all, each) => all + each, 0);
  const refusals = points.reduce((all, { refused }) => all + refused, 0);
  const label = `${formatNumber(sum)} requests in the ${span}${refusals > 0 ? `, ${formatNumber(refusals)} of them refused` : ''}`;
  return (
    <svg className={classes.sparkline} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <title>{label}</title>
      {points.map(({ valid, refused }, index) => {
        const good = scale(valid, most);
        const bad = scale(refused, most);
        const x = index * width;
        return (
          <g key={index}>
            <rect className={classes.base} x={x} y={HEIGHT - 1} width={width - GAP} height={1} />
            <rect className={classes.good} x={x} y={HEIGHT - good} width={width - GAP} height={good} />
            <rect className={classes.bad} x={x} y={HEIGHT - good - bad} width={width - GAP} height={bad} />
          </g>
        );
      })}
    </svg>
  );
}

/** What is there at all is seen. */
function scale(value: number, most: number): number {
  return value === 0 ? 0 : Math.max(2, (value / most) * (HEIGHT - 2));
}
