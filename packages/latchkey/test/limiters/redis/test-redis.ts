/** Limiters over a real Redis, as tests open them. */
import type { Redis } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from '../../../src/limiters/redis/address.js';
import { openRedisLimiter, type OpenRedisOptions } from '../../../src/limiters/redis/open.js';
import { createRedisLimiter, type GuardedCall } from '../../../src/limiters/redis/redis-limiter.js';
import { scriptWith, type Script } from '../../../src/limiters/redis/script.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import type { Limiter } from '../../../src/ports/limiter.js';

/** The rules by a clock that the test holds: the time of each call is the one that it is given. */
export const GIVEN_TIME: Script = scriptWith(`local now = tonumber(string.match(ARGV[1], '%d+$'))`);

/** So long that a busy machine does not exceed it, in tests of something else. */
export const PATIENT_MS = 20_000;

const unguarded: GuardedCall = async (_key, call) => call();

export interface OpenOptions {
  readonly prefix: string;
  readonly script?: Script;
}

/** Nothing but the script and its client: no time budget, no circuit breaker. */
export function openBareLimiter(redis: Pick<Redis, 'eval' | 'evalsha'>, { prefix, script }: OpenOptions): Limiter {
  return createRedisLimiter({ redis, prefix, script, guarded: unguarded, close: async () => undefined });
}

/** As it is opened in production, but for what the test says. */
export async function openLimiter(url: string, options: Partial<OpenRedisOptions> = {}): Promise<Limiter> {
  return openRedisLimiter({
    address: addressOf(url),
    prefix: 'latchkey:',
    timeoutMs: PATIENT_MS,
    clock: systemClock,
    notify: () => undefined,
    meanwhile: '',
    ...options,
  });
}

export function addressOf(url: string): RedisAddress {
  const read = parseRedisUrl(url);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

/** Asks again and again, in real time, until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Not within five minutes: ${what}.`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}
