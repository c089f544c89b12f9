/** A limiter over a real Redis: connected, looked at, and guarded node by node. Loaded only where Redis is used. */
import { ConfigurationError } from '../../domain/errors.js';
import type { Clock } from '../../ports/clock.js';
import type { Limiter } from '../../ports/limiter.js';
import type { Notify } from '../../ports/notice.js';
import { createCircuitBreaker, type CircuitBreaker } from '../circuit-breaker.js';
import { outageNotices } from '../outage-notices.js';
import type { RedisAddress } from './address.js';
import { connectRedis, type RedisConnection } from './connection.js';
import { inspectRedis } from './inspect.js';
import { createRedisLimiter, type GuardedCall } from './redis-limiter.js';

export interface OpenRedisOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly notify: Notify;
  /** What becomes of limits meanwhile, for the notice of an outage: see outage-notices.ts. */
  readonly meanwhile: string;
}

/** The start waits no longer than this for Redis. */
const START_WITHIN_MS = 2_000;

/**
 * Resolves also where Redis does not answer yet, and says so in a notice. Rejects with a ConfigurationError where it
 * answers and could not be used: too old, a cluster that the URL does not say it is, a wrong password.
 */
export async function openRedisLimiter(options: OpenRedisOptions): Promise<Limiter> {
  const { address, prefix, clock, timeoutMs, notify } = options;
  const connection = await connectRedis(address, { clock, withinMs: START_WITHIN_MS, timeoutMs });
  const { findings } = await inspectRedis(connection, address, { clock, timeoutMs: START_WITHIN_MS });
  const wrong = findings.filter((finding) => finding.status === 'wrong');
  if (wrong.length > 0) {
    await connection.close();
    throw new ConfigurationError(wrong.map(({ detail, mend }) => `redis: ${detail} ${mend}`));
  }
  for (const { detail, mend } of findings) notify({ level: 'warn', code: 'limits_warning', message: `${detail} ${mend}` });
  return createRedisLimiter({
    redis: connection.scripts,
    prefix,
    guarded: guardNodes(connection, options),
    close: () => connection.close(),
  });
}

/** One circuit breaker for each node: an unreachable node of a cluster must not keep calls from the others. */
function guardNodes(connection: RedisConnection, { clock, timeoutMs, notify, meanwhile }: OpenRedisOptions): GuardedCall {
  const breakers = new Map<string, CircuitBreaker>();
  return (key, call) => {
    const node = connection.nodeOf(key);
    let breaker = breakers.get(node);
    if (breaker === undefined) {
      breaker = createCircuitBreaker({
        clock,
        timeoutMs,
        onChange: outageNotices({ what: `Redis${node === '' ? '' : ` at ${node}`}`, meanwhile, notify }),
      });
      breakers.set(node, breaker);
    }
    return breaker.run(call);
  };
}
