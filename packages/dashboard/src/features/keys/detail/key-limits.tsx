import { useQuery } from '@tanstack/react-query';
import type { KeyLimits } from 'latchkey/client';
import { describeError } from '../../../api/errors/describe-error.js';
import { keyLimitsQuery } from '../../../api/calls/queries.js';
import { Badge } from '../../../ui/text/badge.js';
import { formatClock, formatMinute, formatNumber, formatSpan, formatWindow } from '../../../ui/text/format.js';
import { Meter } from '../../../ui/charts/meter.js';
import { Section } from '../../../ui/layout/page.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { Note } from '../../../ui/feedback/states.js';
import { Time } from '../../../ui/time/time.js';
import { useNow } from '../../../ui/time/use-now.js';
import classes from './key-page.module.css';

export function KeyLimitsSection({ id }: { readonly id: string }) {
  const query = useQuery(keyLimitsQuery(id));
  return (
    <Section title="Limits">
      <QueryView query={query} describe={describeError}>
        {(standing) => <Standing standing={standing} />}
      </QueryView>
    </Section>
  );
}

const OF = { key: 'of the key', tier: 'of the tier', owner: 'shared by the owner’s keys' } as const;

function Standing({ standing: { limits, credits, degraded } }: { readonly standing: KeyLimits }) {
  if (limits.length === 0 && credits === null) {
    return <span className={classes.soft}>No limit applies. Give the key a tier, or limits of its own, under Edit.</span>;
  }
  return (
    <div className={classes.meters}>
      {degraded && <Note tone="warn">The counters cannot be read at the moment; these figures follow the policy for that case.</Note>}
      {limits.map((limit) => (
        <Meter
          key={`${limit.of} ${limit.name}`}
          label={`${limit.name}, per ${formatWindow(limit.windowMs)}`}
          used={Math.max(0, (limit.burst ?? limit.limit) - limit.remaining)}
          of={limit.burst ?? limit.limit}
          tag={<Badge tone="calm">{OF[limit.of]}</Badge>}
          note={<ResetsAt at={limit.resetAt} />}
        />
      ))}
      {credits !== null && (
        <div className={classes.main}>
          <span>
            <strong>{formatNumber(credits.remaining)}</strong> credits left
          </span>
          <span className={classes.soft}>
            {credits.nextRefillAt === null ? (
              'Not refilled by itself.'
            ) : (
              <>
                Refilled <Time at={credits.nextRefillAt} />.
              </>
            )}
          </span>
        </div>
      )}
    </div>
  );
}

function ResetsAt({ at }: { readonly at: string }) {
  const now = useNow();
  const left = new Date(at).getTime() - now;
  if (left <= 0) return <span>free</span>;
  return (
    <span title={formatMinute(at)}>
      entirely free in {formatSpan(left)} ({left < 86_400_000 ? formatClock(at) : formatMinute(at)})
    </span>
  );
}
