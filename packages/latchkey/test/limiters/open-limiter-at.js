/** Limiters of the built package, for processes that a test starts: plain JavaScript. */
import pg from 'pg';
import { systemClock } from '../../dist/engine/system.js';
import { createGuard } from '../../dist/limiters/guard.js';
import { parseRedisUrl } from '../../dist/limiters/redis/address.js';
import { openRedisLimiter } from '../../dist/limiters/redis/open.js';
import { createSharedLimiter } from '../../dist/limiters/shared-limiter.js';
import { createPgCounters } from './postgres/pg-counters.js';

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
function openPostgres(url) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  const guard = createGuard({ clock: systemClock, timeoutMs: TIMEOUT_MS, onChange: () => undefined });
  return createSharedLimiter({ counters: createPgCounters(pool, undefined), clock: systemClock, guard });
}
