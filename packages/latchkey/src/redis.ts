/** Redis on its own, for tools that look at it without an engine. Loaded when first used. */
import { systemClock } from './engine/runtime/system.js';
import { readRedisUrl } from './limiters/redis/address.js';
import type { RedisFinding, RedisNodeReport, RedisReport } from './limiters/redis/report.js';

export type { RedisFinding, RedisNodeReport, RedisReport };

/**
 * Connects to the Redis of that URL, looks whether limits can be counted there, and leaves: see `inspectRedis` in
 * limiters/redis/inspect.ts. Rejects with a ConfigurationError where the URL cannot be used or ioredis is not installed.
 */
export async function inspectRedisAt(url: string, withinMs: number): Promise<RedisReport> {
  const address = readRedisUrl(url);
  const [{ connectRedis }, { inspectRedis }] = await Promise.all([
    import('./limiters/redis/connection.js'),
    import('./limiters/redis/inspect.js'),
  ]);
  const connection = await connectRedis(address, { clock: systemClock, withinMs, timeoutMs: withinMs });
  try {
    return await inspectRedis(connection, address, { clock: systemClock, timeoutMs: withinMs });
  } finally {
    await connection.close();
  }
}
