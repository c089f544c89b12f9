/** A limiter over a real Redis, as tests open it. */
import type { Redis } from 'ioredis';
import { createRedisLimiter, type GuardedCall } from '../../../src/limiters/redis/redis-limiter.js';
import { scriptWith, type Script } from '../../../src/limiters/redis/script.js';
import type { Limiter } from '../../../src/ports/limiter.js';

/** The rules by a clock that the test holds: the time of each call is the one that it is given. */
export const GIVEN_TIME: Script = scriptWith('local now = tonumber(ARGV[3])');

const unguarded: GuardedCall = async (_key, call) => call();

export interface OpenOptions {
  readonly prefix: string;
  readonly script?: Script;
}

/** Nothing but the script and its client: no time budget, no circuit breaker. */
export function openBareLimiter(redis: Redis, { prefix, script }: OpenOptions): Limiter {
  return createRedisLimiter({ redis, prefix, script, guarded: unguarded, close: async () => undefined });
}
