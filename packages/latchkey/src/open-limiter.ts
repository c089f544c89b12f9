/** Where limits are counted, and what becomes of calls while they cannot be. */
import { createFailoverLimiter } from './limiters/failover.js';
import { createMemoryLimiter } from './limiters/memory.js';
import { MEANWHILE } from './limiters/outage-notices.js';
import type { LimiterSettings } from './limiters/settings.js';
import type { Clock } from './ports/clock.js';
import type { CounterStore } from './ports/counter-store.js';
import type { Limiter } from './ports/limiter.js';
import type { Notify } from './ports/notice.js';

export interface LimiterParts {
  readonly counters: CounterStore;
  /** Whether the database is of a kind that several machines use together. */
  readonly shared: boolean;
  /** How many nodes there are as far as this one knows, at any time. */
  readonly nodes: () => number;
  readonly clock: Clock;
  readonly notify: Notify;
}

/**
 * Redis where it is given, else this node's memory, with what it counted kept in the database. Rejects with a
 * ConfigurationError for a Redis that answers and cannot be used.
 */
export async function openLimiter(limits: LimiterSettings, parts: LimiterParts): Promise<Limiter> {
  return createFailoverLimiter({
    primary: await openPrimary(limits, parts),
    policy: limits.onLimiterFailure,
    local: createMemoryLimiter({ counters: null, clock: parts.clock }),
    nodes: () => Math.max(limits.nodes, parts.nodes()),
  });
}

async function openPrimary(limits: LimiterSettings, { counters, shared, clock, notify }: LimiterParts): Promise<Limiter> {
  const { redis, redisPrefix, limiterTimeoutMs, onLimiterFailure, nodes } = limits;
  if (redis !== null) {
    const { openRedisLimiter } = await import('./limiters/redis/open.js');
    const meanwhile = MEANWHILE[onLimiterFailure];
    return openRedisLimiter({ address: redis, prefix: redisPrefix, timeoutMs: limiterTimeoutMs, clock, notify, meanwhile });
  }
  if (nodes > 1 || shared) notify({ level: nodes > 1 ? 'warn' : 'info', code: 'limits_warning', message: LIMITS_PER_NODE });
  return createMemoryLimiter({ counters, clock });
}

const LIMITS_PER_NODE =
  'Limits are per node: without Redis each node counts by itself, so that several admit each limit once per node. Set redis.';
