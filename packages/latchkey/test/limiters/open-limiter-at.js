/** Limiters of the built package, for processes that a test starts: plain JavaScript. */
import { systemClock } from '../../dist/engine/system.js';
import { parseRedisUrl } from '../../dist/limiters/redis/address.js';
import { openRedisLimiter } from '../../dist/limiters/redis/open.js';

/** Longer than a busy machine takes: how much is admitted is asked, not how soon. */
const TIMEOUT_MS = 60_000;

/**
 * @param {string} kind
 * @param {string} url
 */
export async function openLimiterAt(kind, url) {
  const read = parseRedisUrl(url);
  if (kind !== 'redis' || !read.ok) throw new Error(`There is no limiter ${kind} at that address.`);
  const options = { prefix: 'exact:', timeoutMs: TIMEOUT_MS, clock: systemClock, notify: () => undefined, meanwhile: '' };
  return openRedisLimiter({ address: read.value, ...options });
}
