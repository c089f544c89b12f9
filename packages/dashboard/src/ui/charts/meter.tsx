import type { ReactNode } from 'react';
import classes from './meter.module.css';
import { formatNumber } from '../text/format.js';

interface MeterProps {
  readonly label: string;
  readonly used: number;
  readonly of: number;
  readonly note?: ReactNode;
  readonly tag?: ReactNode;
}

/** How much of a limit is taken. */
export function Meter({ label, used, of, note, tag }: MeterProps) {
  const share = of === 0 ? 1 : Math.min(1, used / of);
  const tone = share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'accent';
  const left = formatNumber(Math.max(0, of - used));
  return (
    <div className={classes.meter}>
      <div className={classes.line}>
        <span className={classes.label}>{label}</span>
        {tag}
        <span className={classes.figures}>
          <strong>{formatNumber(used)}</strong> of {formatNumber(of)}
        </span>
      </div>
      <div
        className={classes.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={of}
        aria-valuenow={Math.min(used, of)}
        aria-valuetext={`${formatNumber(used)} of ${formatNumber(of)} used, ${left} left`}
      >
        <div className={classes.fill} data-tone={tone} style={{ width: `${share * 100}%` }} />
      </div>
      <div className={classes.note}>
        <span>{left} left</span>
        {note}
      </div>
    </div>
  );
}
