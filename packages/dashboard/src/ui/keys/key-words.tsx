/**
 * The status, environment and expiry of a key, wherever keys are shown.
 *
 * ui/keys/ owns the parts about keys that the dashboard and the portal share: status, and the dialogs for tokens.
 */
import { Tooltip } from '@mantine/core';
import { Badge, type Tone } from '../text/badge.js';
import { formatExact, formatRelative } from '../text/format.js';
import classes from './key-words.module.css';
import { useNow } from '../time/use-now.js';

const STATUSES: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  active: { word: 'Active', tone: 'good' },
  scheduled: { word: 'Scheduled', tone: 'accent' },
  disabled: { word: 'Disabled', tone: 'calm' },
  suspended: { word: 'Suspended', tone: 'warn' },
  expired: { word: 'Expired', tone: 'warn' },
  revoked: { word: 'Revoked', tone: 'bad' },
};

export function StatusBadge({ status }: { readonly status: string }) {
  const { word, tone } = STATUSES[status] ?? { word: status, tone: 'calm' };
  return (
    <Badge tone={tone} variant="dot">
      {word}
    </Badge>
  );
}

export function EnvironmentBadge({ environment }: { readonly environment: string }) {
  const tone = environment === 'live' ? 'accent' : environment === 'operator' ? 'warn' : 'calm';
  return <Badge tone={tone}>{environment}</Badge>;
}

interface ExpiryProps {
  readonly expiresAt: string | null;
  readonly daysUntilExpiry: number | null;
  readonly focusable?: boolean;
}

/** Calm while it is far, amber within 30 days, red within 7 and after. */
export function Expiry({ expiresAt, daysUntilExpiry, focusable = true }: ExpiryProps) {
  const now = useNow();
  if (expiresAt === null) return <span className={classes.never}>never</span>;
  const days = daysUntilExpiry ?? 0;
  const tone = days <= 7 ? 'bad' : days <= 30 ? 'warn' : undefined;
  const isOver = new Date(expiresAt).getTime() <= now;
  return (
    <Tooltip label={formatExact(expiresAt)}>
      <time
        dateTime={expiresAt}
        className={classes.expiry}
        data-tone={tone}
        {...(focusable && { tabIndex: 0, 'aria-label': `${formatRelative(expiresAt, now)}, ${formatExact(expiresAt)}` })}
      >
        {isOver ? `expired ${formatRelative(expiresAt, now)}` : formatRelative(expiresAt, now)}
      </time>
    </Tooltip>
  );
}
