/** Where limits are counted, and what becomes of calls while they cannot be. */
import { createFailoverLimiter } from './limiters/failover.js';
import { createMemoryLimiter } from './limiters/memory.js';
import { createCircuitBreaker } from './limiters/circuit-breaker.js';
import { MEANWHILE, outageNotices } from './limiters/outage-notices.js';
import { readRedisUrl } from './limiters/redis/address.js';
import type { LimiterSettings } from './limiters/settings.js';
import { createSharedLimiter } from './limiters/shared-limiter.js';
import type { Clock } from './ports/clock.js';
import type { CounterStore } from './ports/counter-store.js';
import type { Limiter } from './ports/limiter.js';
import type { Notify } from './ports/notice.js';
import type { SharedCounters } from './ports/shared-counters.js';

export interface LimiterParts {
  readonly counters: CounterStore;
  readonly sharedCounters: SharedCounters | null;
  /** How long a call to the database may take, in milliseconds. */
  readonly databaseTimeoutMs: number;
  /** How many nodes there are as far as this one knows, at any time. */
  readonly nodes: () => number;
  /** How often counters in memory are written to `counters`, in milliseconds. */
  readonly writeBehindMs: number;
  readonly clock: Clock;
  readonly notify: Notify;
}

/**
 * Redis where it is given; else a database that nodes share; else this node's memory, with what it counted kept in the
 * database. Rejects with a
 * ConfigurationError for a Redis that answers and cannot be used.
 */
export async function openLimiter(limits: LimiterSettings, parts: LimiterParts): Promise<Limiter> {
  return createFailoverLimiter({
    primary: await openPrimary(limits, parts),
    policy: limits.onLimiterFailure,
    local: createMemoryLimiter({ counters: null, clock: parts.clock, maxSubjects: limits.limitedKeys }),
    nodes: () => Math.max(limits.nodes, parts.nodes()),
  });
}

/** Says so where several nodes count the same limits each by itself: to be called once this one has joined them. */
export function warnOfLimitsPerNode(limits: LimiterSettings, { sharedCounters, nodes, notify }: LimiterParts): void {
  if (limits.redis !== null || sharedCounters !== null || Math.max(limits.nodes, nodes()) === 1) return;
  notify({ level: 'warn', code: 'limits_warning', message: LIMITS_PER_NODE });
}

async function openPrimary(
  limits: LimiterSettings,
  { counters, sharedCounters, databaseTimeoutMs, writeBehindMs, clock, notify }: LimiterParts,
): Promise<Limiter> {
  const { redis, redisPrefix, limiterTimeoutMs, limitedKeys, onLimiterFailure } = limits;
  const meanwhile = MEANWHILE[onLimiterFailure];
  if (redis !== null) {
    const { openRedisLimiter } = await import('./limiters/redis/open.js');
    return openRedisLimiter({ address: readRedisUrl(redis), prefix: redisPrefix, timeoutMs: limiterTimeoutMs, clock, notify, meanwhile });
  }
  if (sharedCounters !== null) {
    const onChange = outageNotices({ what: 'PostgreSQL', meanwhile, notify });
    return createSharedLimiter({
      counters: sharedCounters,
      clock,
      breaker: createCircuitBreaker({ clock, timeoutMs: databaseTimeoutMs, onChange }),
    });
  }
  return createMemoryLimiter({ counters, clock, maxSubjects: limitedKeys, flushMs: writeBehindMs });
}

const LIMITS_PER_NODE =
  'Limits are per node: each counts by itself, so that several admit each limit once per node. Set redis, or use PostgreSQL.';
