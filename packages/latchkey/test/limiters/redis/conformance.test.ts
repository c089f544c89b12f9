import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasRedis, startRedis, startRedisCluster, type RedisServer } from '../../../../../tools/services/redis.js';
import {
  limiterAtomicitySuite,
  limiterBehaviourSuite,
  limiterDurabilitySuite,
  limiterSuite,
  type LimiterSuiteOptions,
} from '../../../src/testing/index.js';
import { earlyInAnHour } from '../early-in-an-hour.js';
import { GIVEN_TIME, openBareLimiter, openLimiter } from './test-redis.js';

let server: RedisServer;
let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
let redis: Redis;

beforeAll(async () => {
  if (!hasRedis()) return;
  server = await startRedis();
  redis = new Redis(server.port);
  cluster = await startRedisCluster(3);
});

afterAll(async () => {
  redis?.disconnect();
  await Promise.all([server?.stop(), cluster?.stop()]);
});

/** By the clock of Redis. What is true of any instant is asked, and not what is true of edges in time. */
function ownClockSuite(options: LimiterSuiteOptions): void {
  limiterBehaviourSuite({ describe, it }, options);
  limiterAtomicitySuite({ describe, it }, options);
  limiterDurabilitySuite({ describe, it }, options);
}

describe.skipIf(!hasRedis())('Redis, by a clock that the tests hold', () => {
  limiterSuite({ describe, it }, { open: async (_clock, store) => openBareLimiter(redis, { prefix: `${store}:`, script: GIVEN_TIME }) });
});

describe.skipIf(!hasRedis())('Redis, by its own clock, opened as in production', () => {
  ownClockSuite({ now: earlyInAnHour, open: async (_clock, store) => openLimiter(server.url, { prefix: `own:${store}:` }) });
});

describe.skipIf(!hasRedis())('a Redis Cluster of three nodes', () => {
  ownClockSuite({ now: earlyInAnHour, open: async (_clock, store) => openLimiter(cluster.url, { prefix: `cluster:${store}:` }) });
});

describe.skipIf(!hasRedis())('Redis through ioredis 5', () => {
  let client: Redis5;
  beforeAll(() => void (client = new Redis5(server.port)));
  afterAll(() => client?.disconnect());
  ownClockSuite({ now: earlyInAnHour, open: async (_clock, store) => openBareLimiter(client, { prefix: `five:${store}:` }) });
});
