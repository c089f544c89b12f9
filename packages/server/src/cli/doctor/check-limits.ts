import { inspectRedisAt, isPostgresUrl, type RedisNodeReport } from 'latchkey/internal';
import type { Config } from '../../config/index.js';
import { ok, warning, wrong, type Finding } from './finding.js';

const WITHIN_MS = 3_000;
const MEBIBYTE = 1024 * 1024;
/** Of its memory, from which on a Redis is nearly full. */
const NEARLY_FULL = 0.9;

type LimitSettings = Pick<Config, 'database' | 'consistency' | 'redis' | 'nodes' | 'onLimiterFailure' | 'limiterTimeoutMs'>;

/** Where limits are counted, and whether they can be. */
export async function checkLimits(config: LimitSettings): Promise<readonly Finding[]> {
  if (config.redis === null) return [withoutRedis(config)];
  const { nodes, findings } = await inspectRedisAt(config.redis, WITHIN_MS);
  return [
    ...findings.map(({ status, detail, mend }) => (status === 'warning' ? warning : wrong)('limits', detail, mend)),
    ...nodes.map((node) => judge(node, config)),
    ...(config.onLimiterFailure === 'local' && config.nodes === 1 && !countsNodes(config) ? [UNSHARED] : []),
  ];
}

/** Whether nodes see in the database how many they are. */
function countsNodes({ database, consistency }: LimitSettings): boolean {
  return consistency === 'lease' && database !== ':memory:';
}

const UNSHARED = warning(
  'limits',
  'While Redis is out, every node admits each limit as a whole (LATCHKEY_ON_LIMITER_FAILURE is local, LATCHKEY_NODES is 1).',
  'Set LATCHKEY_NODES to the number of nodes, so that each admits its share; with one node, leave it.',
);

function withoutRedis({ database, nodes }: LimitSettings): Finding {
  if (isPostgresUrl(database))
    return ok('limits', 'They are counted in PostgreSQL, exactly over all nodes. In Redis it is faster: REDIS_URL.');
  if (nodes === 1)
    return ok('limits', 'They are counted in memory, per node: with several nodes each would count by itself. REDIS_URL makes them one.');
  const detail = `${nodes} nodes count limits each by itself: together they admit each limit up to ${nodes} times.`;
  return warning('limits', detail, 'Set REDIS_URL on all of them, or let them share a PostgreSQL database.');
}

function judge({ address, product, version, latencyMs, memory }: RedisNodeReport, { limiterTimeoutMs }: LimitSettings): Finding {
  const { usedBytes, maxBytes } = memory;
  const mebibytes = `${(usedBytes / MEBIBYTE).toFixed(1)}${maxBytes === 0 ? '' : ` of ${(maxBytes / MEBIBYTE).toFixed(1)}`} MiB`;
  const summary = `${product} ${version} at ${address} answers in ${latencyMs.toFixed(1)} ms and holds ${mebibytes}.`;
  if (latencyMs > limiterTimeoutMs / 2) {
    return warning(
      'limits',
      summary,
      `Calls have ${limiterTimeoutMs} ms (LATCHKEY_LIMITER_TIMEOUT_MS): allow more, or bring Redis nearer.`,
    );
  }
  if (maxBytes > 0 && usedBytes > NEARLY_FULL * maxBytes)
    return warning('limits', summary, 'Give it more memory: full, it counts nothing more.');
  return ok('limits', summary);
}
