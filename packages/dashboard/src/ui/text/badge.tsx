import type { ReactNode } from 'react';
import classes from './badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'accent';

interface BadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** `dot`: a mark before the word, for a state. `solid`: a filled label, for a kind. */
  readonly variant?: 'dot' | 'solid';
  readonly title?: string;
}

/** A word with a colour; the word alone says it all. */
export function Badge({ tone, children, variant = 'solid', title }: BadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone} data-variant={variant} title={title}>
      {children}
    </span>
  );
}
