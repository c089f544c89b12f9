import { afterAll, beforeAll, describe } from 'vitest';
import { hasRedis, startRedis, type RedisServer } from '../../../../../tools/services/redis.js';
import { exactCounts } from '../exact-counts.js';
import { openLimiter } from './test-redis.js';

describe.skipIf(!hasRedis())('in Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(async () => server?.stop());

  exactCounts({ kind: 'redis', url: () => server.url, look: async () => openLimiter(server.url, { prefix: 'exact:' }) });
});
