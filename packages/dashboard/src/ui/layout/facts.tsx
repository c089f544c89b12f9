import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Named facts about one thing. What is null is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [label: string, value: ReactNode] | null)[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter((fact) => fact !== null)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
