import { Link } from '@tanstack/react-router';
import type { Overview } from 'latchkey/client';
import { Badge, type Tone } from '../../ui/text/badge.js';
import { formatNumber } from '../../ui/text/format.js';
import { Section } from '../../ui/layout/page.js';
import classes from './overview.module.css';

/** Keys that somebody should look at, each a way to the list of them. */
export function Attention({ overview: { expiring, neverUsed, unusedFor90d, keys, countedUpTo } }: { readonly overview: Overview }) {
  const rows: readonly (readonly [label: string, count: number, tone: Tone, search: object, upTo?: number])[] = [
    ['Expire within 7 days', expiring.within7d, 'bad', { attention: 'soon' }, countedUpTo],
    ['Expire within 30 days', expiring.within30d, 'warn', { attention: 'expiring' }, countedUpTo],
    ['Unused for 90 days', unusedFor90d, 'warn', { attention: 'unused' }, countedUpTo],
    ['Never used', neverUsed, 'calm', { attention: 'never' }, countedUpTo],
    ['Suspended with their owner', keys.suspended, 'calm', { status: 'suspended' }],
    ['Disabled', keys.disabled, 'calm', { status: 'disabled' }],
  ];
  return (
    <Section title="Needs attention">
      <ul className={classes.rows}>
        {rows.map(([label, count, tone, search, upTo = Infinity]) => (
          <li key={label}>
            <Link to="/keys" search={search}>
              {label}
            </Link>
            <Badge tone={count === 0 ? 'calm' : tone}>{formatNumber(count) + (count < upTo ? '' : ' or more')}</Badge>
          </li>
        ))}
      </ul>
    </Section>
  );
}
