import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startRedis, startRedisCluster } from '../../../../../tools/services/redis.js';
import { createLatchkey, type LatchkeyOptions, type Notice } from '../../../src/index.js';
import type { RedisConnection } from '../../../src/limiters/redis/connection.js';
import { inspectRedis } from '../../../src/limiters/redis/inspect.js';
import { inspectRedisAt } from '../../../src/redis.js';
import { createTestClock } from '../../../src/testing/test-clock.js';
import { addressOf, openLimiter, PATIENT_MS, until } from './test-redis.js';

const PASSWORD = 'the-s3cret-of-redis';

let undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.toReversed()) await step();
  undo = [];
});

async function redisServer(...options: (readonly [string, string])[]) {
  const server = await startRedis(options);
  undo.push(async () => server.stop());
  return server;
}

/** Those of clients, the one that asks included. */
async function connectionsOf(redis: Redis): Promise<number> {
  return String(await redis.client('LIST'))
    .trim()
    .split('\n').length;
}

/** What is said when an engine starts on it, where Redis is there; a busy machine may keep it waiting for longer than a start waits. */
async function noticesOf(redis: string, options: LatchkeyOptions = {}): Promise<readonly string[]> {
  for (;;) {
    const notices: Notice[] = [];
    const latchkey = await createLatchkey({ database: ':memory:', redis, onNotice: (notice) => void notices.push(notice), ...options });
    await latchkey.close();
    if (notices.some(({ message }) => message.includes('does not answer'))) continue;
    return notices.map(({ level, code, message }) => `${level} ${code}: ${message}`);
  }
}

describe.skipIf(!hasRedis())('starting on Redis', () => {
  it('says nothing where nothing is wrong', async () => {
    expect(await noticesOf((await redisServer()).url)).toEqual([]);
  });

  it('warns of a policy by which Redis drops counters', async () => {
    const { url } = await redisServer(['maxmemory', '100mb'], ['maxmemory-policy', 'allkeys-lru']);
    expect(await noticesOf(url)).toEqual([
      expect.stringMatching(/^warn limits_warning: Redis at \S+ drops keys .*allkeys-lru.* Set maxmemory-policy to noeviction/),
    ]);
  });

  it('warns of a replica', async () => {
    const primary = await redisServer();
    const { url, port } = await redisServer(['replicaof', `127.0.0.1 ${primary.port}`]);
    const replica = new Redis(port);
    await until('it follows', async () => (await replica.info('replication')).includes('master_link_status:up'));
    replica.disconnect();
    expect(await noticesOf(url)).toEqual([expect.stringMatching(/is a replica, which counts nothing\. Use the address of the primary/)]);
  });

  it('warns where it may not look, and counts with the rights that the guide names', async () => {
    const { port } = await redisServer();
    const admin = new Redis(port);
    await admin.acl(
      'SETUSER',
      'limited',
      'on',
      `>${PASSWORD}`,
      '~latchkey:*',
      '-@all',
      '+evalsha',
      '+eval',
      '+time',
      '+get',
      '+set',
      '+getrange',
      '+setrange',
      '+pexpire',
      '+ping',
      '+client',
      '+hello',
      '+quit',
    );
    admin.disconnect();
    const url = `redis://limited:${PASSWORD}@127.0.0.1:${port}`;
    expect(await noticesOf(url)).toEqual([expect.stringMatching(/does not allow INFO: version and eviction policy could not be checked/)]);
    const limiter = await openLimiter(url);
    const limits = (['fixed-window', 'sliding-window', 'token-bucket'] as const).map((algorithm) => ({
      name: algorithm,
      limit: 3,
      windowMs: 366 * 86_400_000,
      algorithm,
    }));
    const charges = [{ subject: 'key_1', owner: 'ada', limits }];
    const consumption = await limiter.consume(charges, 1, 0);
    await limiter.consume(charges, 1, 0);
    await limiter.refund(charges, 1, consumption);
    expect((await limiter.consume(charges, 1, 0)).readings.map((reading) => reading.remaining)).toEqual([1, 1, 1]);
    await limiter.close();
  });

  it('refuses a wrong password and a missing one, and never shows it', async () => {
    const { port } = await redisServer(['requirepass', PASSWORD]);
    for (const url of [`redis://:${PASSWORD}-not@127.0.0.1:${port}`, `redis://127.0.0.1:${port}`]) {
      const error = await noticesOf(url).catch((refused: unknown) => refused);
      expect(error).toMatchObject({
        code: 'configuration',
        message: expect.stringMatching(/does not let Latchkey in \((?:WRONGPASS|NOAUTH)\)/) as string,
      });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(PASSWORD);
    }
    expect(await noticesOf(`redis://:${PASSWORD}@127.0.0.1:${port}`)).toEqual([]);
  });

  it('refuses a cluster that the URL does not say it is, and a single server that it says is one', async () => {
    const cluster = await startRedisCluster(3);
    undo.push(async () => cluster.stop());
    await expect(noticesOf(cluster.nodes[0]?.url ?? '')).rejects.toThrow(/is a node of a Redis Cluster\. Use redis\+cluster:\/\//);
    const node = new Redis(cluster.nodes[0]?.port ?? 0);
    await until('what was refused is closed', async () => (await connectionsOf(node)) === 1);
    node.disconnect();
    expect(await noticesOf(cluster.url)).toEqual([]);
    const { url } = await redisServer();
    await expect(noticesOf(url.replace('redis:', 'redis+cluster:'))).rejects.toThrow(/is no cluster\. Use redis:\/\//);
  });

  it('counts in a database of its own where the URL names one', async () => {
    const { port, url } = await redisServer();
    const limiter = await openLimiter(`${url}/3`);
    await limiter.consume(
      [{ subject: 'key_1', owner: 'ada', limits: [{ name: 'a', limit: 1, windowMs: 1_000, algorithm: 'fixed-window' }] }],
      1,
      0,
    );
    await limiter.close();
    const redis = new Redis(port);
    expect(await redis.info('keyspace')).toContain('db3:keys=1');
    redis.disconnect();
  });

  it('refuses a database that Redis does not have, or does not let the user select, and counts in no other', async () => {
    const { port, url } = await redisServer();
    const redis = new Redis(port);
    await redis.acl('SETUSER', 'limited', 'on', `>${PASSWORD}`, '~*', '+@all', '-select');
    const refused = [
      [`${url}/99`, /does not give database 99 to Latchkey \(ERR\b.*\)\. Use a number below the setting "databases"/],
      [`redis://limited:${PASSWORD}@127.0.0.1:${port}/3`, /does not give database 3 to Latchkey \(NOPERM\b.*\)\..* \+select/],
    ] as const;
    for (const [address, message] of refused) {
      await expect(noticesOf(address)).rejects.toMatchObject({ code: 'configuration', message: expect.stringMatching(message) as string });
      expect(await inspectRedisAt(address, PATIENT_MS)).toMatchObject({
        nodes: [],
        findings: [{ status: 'wrong', detail: expect.stringContaining('does not give database') as string }],
      });
    }
    expect(await redis.dbsize()).toBe(0);
    redis.disconnect();
  });

  it('leaves no connection when it is closed, or was refused', async () => {
    const { port, url } = await redisServer();
    const redis = new Redis(port);
    await noticesOf(url);
    await noticesOf(url, { prefix: 'Not A Prefix' }).catch(() => undefined);
    await noticesOf(url, { peppers: [{ id: 'p', secret: 'short' }] }).catch(() => undefined);
    await noticesOf(url.replace('redis:', 'redis+cluster:')).catch(() => undefined);
    const connections = async (): Promise<number> =>
      String(await redis.client('LIST'))
        .trim()
        .split('\n').length;
    await until('all are closed', async () => (await connections()) === 1);
    redis.disconnect();
  });
});

describe('starting without Redis', () => {
  it('says plainly that limits are per node where there are several', async () => {
    const notices: Notice[] = [];
    const latchkey = await createLatchkey({ database: ':memory:', nodes: 3, onNotice: (notice) => void notices.push(notice) });
    await latchkey.close();
    expect(notices).toMatchObject([
      {
        level: 'warn',
        code: 'limits_warning',
        message: expect.stringMatching(/^Limits are per node: .* each limit once per node\. Set redis, or use PostgreSQL\.$/) as string,
      },
    ]);
  });

  it('says so too where several processes turn out to share a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-limits-'));
    const database = `file:${join(folder, 'latchkey.db')}`;
    const notices: Notice[] = [];
    const first = await createLatchkey({ database, onNotice: (notice) => void notices.push(notice) });
    expect(notices).toEqual([]);
    const second = await createLatchkey({ database, onNotice: (notice) => void notices.push(notice) });
    expect(notices).toMatchObject([{ level: 'warn', code: 'limits_warning' }]);
    await Promise.all([first.close(), second.close()]);
    await rm(folder, { recursive: true });
  });

  it('goes on where the log that it is told to throws', async () => {
    const onNotice = (): never => {
      throw new Error('the disk is full');
    };
    const latchkey = await createLatchkey({ database: ':memory:', redis: 'redis://127.0.0.1:1', onNotice });
    const { token } = await latchkey.keys.create({ name: 'a', owner: 'b', limits: [{ name: 'daily', limit: 1, window: '1d' }] });
    for (let call = 0; call < 5; call++) expect(await latchkey.verify(token)).toMatchObject({ code: 'unavailable', degraded: true });
    await latchkey.close();
  });

  it('names every option that cannot be used, at once, without its value', async () => {
    const options = {
      redis: `redis://u:${PASSWORD}@a,b`,
      redisPrefix: '{x}',
      limiterTimeoutMs: 1,
      limitedKeys: 999,
      nodes: 0,
      onLimiterFailure: 'ask' as 'deny',
      prefix: 'NO',
    };
    const error = (await createLatchkey(options).catch((refused: unknown) => refused)) as { problems: string[] };
    expect(error.problems.map((problem) => problem.split(':')[0])).toEqual([
      'prefix',
      'redisPrefix',
      'limiterTimeoutMs',
      'onLimiterFailure',
      'limitedKeys',
      'nodes',
      'redis',
    ]);
    expect(inspect(error)).not.toContain(PASSWORD);
  });
});

describe('a look at Redis', () => {
  it.skipIf(!hasRedis())('tells version, latency and memory of each node', async () => {
    const { port, url } = await redisServer(['maxmemory', '100mb']);
    expect(await inspectRedisAt(url, PATIENT_MS)).toEqual({
      findings: [],
      nodes: [
        {
          address: `127.0.0.1:${port}`,
          product: 'Redis',
          version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
          latencyMs: expect.any(Number) as number,
          memory: { usedBytes: expect.any(Number) as number, maxBytes: 100 * 1024 * 1024 },
        },
      ],
    });
  });

  it('tells that nothing answers, and a URL that is none', async () => {
    expect(await inspectRedisAt('redis://127.0.0.1:1', PATIENT_MS)).toMatchObject({ nodes: [], findings: [{ status: 'unreachable' }] });
    await expect(inspectRedisAt('redis://u:secret@', 100)).rejects.toMatchObject({ code: 'configuration' });
  });

  it('finds one that is too old, knows Valkey, and sees a clock that is elsewhere', async () => {
    const node = (info: string, seconds: number) => ({
      address: 'redis:6379',
      call: async (command: string) => (command === 'TIME' ? [String(seconds), '0'] : info),
    });
    const clock = createTestClock(Date.now());
    const look = async (info: string, seconds = clock.now() / 1_000) => {
      const connection = {
        nodes: () => [node(info, seconds)],
        lastError: () => null,
        databaseRefusal: () => null,
      } as unknown as RedisConnection;
      return inspectRedis(connection, addressOf('redis://redis'), { clock, timeoutMs: 1_000 });
    };
    expect(await look('redis_version:6.0.16\r\n')).toMatchObject({
      findings: [{ status: 'wrong', detail: 'Redis at redis:6379 is version 6.0.16.' }],
    });
    expect(await look('redis_version:6.2.0\r\n')).toMatchObject({ findings: [] });
    expect(await look('redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\n')).toMatchObject({
      findings: [],
      nodes: [{ product: 'Valkey', version: '8.1.0' }],
    });
    expect(await look('redis_version:7.2.4\r\n', clock.now() / 1_000 + 60)).toMatchObject({
      findings: [{ status: 'warning', detail: expect.stringContaining('ahead of') as string }],
    });
  });
});
