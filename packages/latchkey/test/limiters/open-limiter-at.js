/** Limiters of the built package, for processes that a test starts: plain JavaScript. */
import { systemClock } from '../../dist/engine/runtime/system.js';
import { createCircuitBreaker } from '../../dist/limiters/circuit-breaker.js';
import { parseRedisUrl } from '../../dist/limiters/redis/address.js';
import { openRedisLimiter } from '../../dist/limiters/redis/open.js';
import { createSharedLimiter } from '../../dist/limiters/shared-limiter.js';
import { openPostgresStorage } from '../../dist/stores/postgres/open.js';

/** Longer than a busy machine takes: how much is admitted is asked, not how soon. */
const TIMEOUT_MS = 60_000;

/**
 * @param {string} kind
 * @param {string} url
 */
export async function openLimiterAt(kind, url) {
  return kind === 'redis' ? openRedis(url) : openPostgres(url);
}

/** @param {string} url */
async function openRedis(url) {
  const read = parseRedisUrl(url);
  if (!read.ok) throw new Error(read.problem);
  const options = { prefix: 'exact:', timeoutMs: TIMEOUT_MS, clock: systemClock, notify: () => undefined, meanwhile: '' };
  return openRedisLimiter({ address: read.value, ...options });
}

/** @param {string} url */
async function openPostgres(url) {
  const { sharedCounters } = await openPostgresStorage({ url, clock: systemClock, poolSize: 3, timeoutMs: TIMEOUT_MS });
  if (sharedCounters === null) throw new Error('This store shares no counters.');
  const breaker = createCircuitBreaker({ clock: systemClock, timeoutMs: TIMEOUT_MS, onChange: () => undefined });
  return createSharedLimiter({ counters: sharedCounters, clock: systemClock, breaker });
}
