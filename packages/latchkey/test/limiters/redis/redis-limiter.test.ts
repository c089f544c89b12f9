import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis, startRedisCluster, type RedisServer } from '../../../../../tools/services/redis.js';
import { InvalidInputError, UnavailableError } from '../../../src/domain/errors.js';
import { LIMIT_ALGORITHMS, type Limit } from '../../../src/domain/limit.js';
import { hashTagOf, clusterSlotOf } from '../../../src/limiters/redis/hash-slot.js';
import type { Charge, Limiter } from '../../../src/ports/limiter.js';
import { GIVEN_TIME, openBareLimiter, openLimiter } from './test-redis.js';

const SECOND = 1_000;
const DAY = 86_400_000;
/** A counter outlives what it says by so much, so that a clock that is set back finds it. */
const KEPT_LONGER = 60_000;
const daily: Limit = { name: 'daily', limit: 10, windowMs: DAY, algorithm: 'fixed-window' };
const burst: Limit = { name: 'burst', limit: 5, windowMs: SECOND, algorithm: 'token-bucket' };

let server: RedisServer;
let redis: Redis;
let opened = 0;

beforeAll(async () => {
  if (!hasRedis()) return;
  server = await startRedis();
  redis = new Redis(server.port);
});

afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

/** A limiter whose keys begin with a prefix of its own, and what can be seen of them. */
function open(script = GIVEN_TIME) {
  const prefix = `limiter-${(opened += 1)}:`;
  const keys = async (): Promise<string[]> => (await redis.keys(`${prefix}*`)).toSorted();
  const livesFor = async (name: string): Promise<number> => redis.pttl((await keys()).find((key) => key.includes(`:${name}:`)) ?? '');
  return { prefix, keys, livesFor, limiter: openBareLimiter(redis, { prefix, script }) };
}

const on = (subject: string, ...limits: Limit[]): Charge => ({ subject, owner: 'ada', limits });

async function remaining(limiter: Limiter, charge: Charge, now = 0): Promise<number[]> {
  return (await limiter.peek([charge], 0, now)).readings.map((reading) => reading.remaining);
}

describe.skipIf(!hasRedis())('the limiter in Redis', () => {
  it('makes one round trip for all limits of all charges', async () => {
    const { limiter } = open();
    const charges = [
      on('key_1', daily, burst),
      on('owner:ada', daily),
      on('key_1/call', ...LIMIT_ALGORITHMS.map((algorithm) => ({ ...daily, name: algorithm, algorithm }))),
    ];
    await limiter.consume(charges, 1, 0);
    await redis.config('RESETSTAT');
    await limiter.consume(charges, 1, 0);
    const calls = (await redis.info('commandstats')).split('\n').filter((line) => /^cmdstat_(?!info|config|get|set|pexpire)/.test(line));
    expect(calls.map((line) => /^cmdstat_(\w+):calls=(\d+)/.exec(line)?.slice(1, 3))).toEqual([['evalsha', '1']]);
  });

  it('counts by the clock of Redis, whatever the node says, and refunds by it, too', async () => {
    const limiter = openBareLimiter(redis, { prefix: 'own-clock:' });
    for (const algorithm of LIMIT_ALGORITHMS) {
      const charge = on('key_1', { ...daily, name: algorithm, algorithm });
      const before = await redis.time();
      const far = await limiter.consume([charge], 4, 4_000_000_000_000);
      const past = await limiter.consume([charge], 4, 0);
      for (const { countedAt } of [far, past]) {
        expect(countedAt).toBeGreaterThanOrEqual(Number(before[0]) * SECOND);
        expect(countedAt).toBeLessThan((Number(before[0]) + 60) * SECOND);
      }
      expect(await remaining(limiter, charge)).toEqual([2]);
      await limiter.refund([charge], 4, far);
      expect(await remaining(limiter, charge)).toEqual([6]);
    }
  });

  it('goes on, exactly, when Redis forgets its scripts in the middle', async () => {
    const { limiter } = open();
    const charge = on('key_1', { ...daily, limit: 150 });
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        if (index % 50 === 25) await redis.script('FLUSH');
        return limiter.consume([charge], 1, 0);
      }),
    );
    expect(answers.filter((answer) => answer.allowed).length).toBe(150);
  });

  it('charges nothing where one of the counters cannot be read', async () => {
    const { limiter, keys } = open();
    await limiter.consume([on('key_1', burst, daily)], 1, 0);
    const [key = ''] = (await keys()).filter((name) => name.includes(':daily:'));
    await redis.del(key);
    await redis.rpush(key, 'somebody else’s');
    await expect(limiter.consume([on('key_1', burst, daily)], 1, 0)).rejects.toThrow('WRONGTYPE');
    expect(await remaining(limiter, on('key_1', burst))).toEqual([4]);
  });

  it('charges nothing where the memory of Redis is full', async () => {
    const { limiter } = open();
    const charge = on('key_1', daily, burst);
    await limiter.consume([charge], 1, 0);
    await redis.config('SET', 'maxmemory', '1');
    await expect(limiter.consume([charge], 1, 0)).rejects.toThrow('OOM');
    await redis.config('SET', 'maxmemory', '0');
    expect(await remaining(limiter, charge)).toEqual([9, 4]);
  });

  it('takes what is in the place of a counter and is none for nothing', async () => {
    const { limiter, keys } = open();
    const charge = on('key_1', daily, burst, { ...daily, name: 'log', algorithm: 'sliding-window' });
    await limiter.consume([charge], 3, 0);
    for (const key of await keys()) await redis.set(key, 'nonsense');
    expect((await limiter.consume([charge], 1, 0)).readings.map((reading) => reading.remaining)).toEqual([9, 4, 9]);
  });

  it('refuses a cost that is none, and a limit that stands twice', () => {
    const { limiter } = open();
    for (const cost of [-1, 0.5, Number.NaN]) expect(() => limiter.consume([on('a', daily)], cost, 0)).toThrow(InvalidInputError);
    expect(() => limiter.consume([on('a', daily), on('a', daily)], 1, 0)).toThrow(InvalidInputError);
  });

  it('answers nothing once it is closed', async () => {
    const { limiter } = open();
    await limiter.close();
    await expect(limiter.consume([on('a', daily)], 1, 0)).rejects.toThrow(UnavailableError);
  });
});

describe.skipIf(!hasRedis())('the life of a counter in Redis', () => {
  it.each(LIMIT_ALGORITHMS)('ends by itself, a little after it says nothing any more: %s', async (algorithm) => {
    const { limiter, livesFor } = open();
    const { readings } = await limiter.consume([on('key_1', { ...daily, algorithm })], 3, 5 * DAY + 1);
    const left = (readings[0]?.resetAt ?? 0) - (5 * DAY + 1) + KEPT_LONGER;
    expect(await livesFor('daily')).toBeLessThanOrEqual(left);
    expect(await livesFor('daily')).toBeGreaterThan(left - 30 * SECOND);
  });

  it('only grows: a call with a short limit alone, a refund and a refusal leave a long one as it was', async () => {
    const { limiter, livesFor } = open();
    await limiter.consume([on('key_1', daily, burst)], 4, 0);
    const before = await livesFor('daily');
    const consumption = await limiter.consume([on('key_1', burst)], 1, 0);
    await limiter.refund([on('key_1', burst)], 1, consumption);
    await limiter.consume([on('key_1', daily)], 7, 0);
    const refunded = await limiter.consume([on('key_1', daily)], 1, 0);
    await limiter.refund([on('key_1', daily)], 1, refunded);
    expect(await livesFor('daily')).toBeGreaterThan(before - 30 * SECOND);
    expect(await remaining(limiter, on('key_1', daily))).toEqual([6]);
  });

  it('only grows: a bucket that fills faster for a while is kept for when it fills slowly again', async () => {
    const { limiter, livesFor } = open();
    const slow: Limit = { ...daily, algorithm: 'token-bucket' };
    await limiter.consume([on('key_1', slow)], 10, 0);
    const before = await livesFor('daily');
    await limiter.consume([on('key_1', { ...slow, limit: 1_000_000 })], 1, 0);
    expect(await livesFor('daily')).toBeGreaterThan(before - 30 * SECOND);
    expect(await remaining(limiter, on('key_1', slow))).toEqual([0]);
  });

  it('leaves nothing of a subject that only asked', async () => {
    const { limiter, keys } = open();
    await limiter.peek([on('key_1', daily)], 1, 0);
    await limiter.consume([on('key_1', daily)], 0, 0);
    await limiter.consume([on('key_1', daily)], 11, 0);
    expect(await keys()).toEqual([]);
  });

  it('takes little room however many charges a log holds, and gives back what has left the window', async () => {
    const { limiter, keys } = open();
    const log: Limit = { ...daily, name: 'log', limit: 10_000, windowMs: 10 * SECOND, algorithm: 'sliding-window' };
    for (let call = 0; call < 10_000; call++) void limiter.consume([on('key_1', log)], 1, call);
    expect((await limiter.consume([on('key_1', log)], 1, 9_999)).allowed).toBe(false);
    const [key = ''] = await keys();
    expect(await redis.strlen(key)).toBeLessThanOrEqual(10_000 * 16 + 48);
    for (let call = 0; call < 40_000; call++) void limiter.consume([on('key_1', log)], 1, 10_000 + call);
    expect(await remaining(limiter, on('key_1', log), 50_000)).toEqual([1]);
    expect(await redis.strlen(key)).toBeLessThanOrEqual(2 * 10_000 * 16 + 48);
  });
});

describe('the tag that keeps an owner’s counters in one slot', () => {
  it('is short and plain, whatever the owner’s id is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (owner) => {
        expect(hashTagOf(owner)).toMatch(/^\{[0-9a-z]{1,7}\}$/);
      }),
    );
    expect(hashTagOf('{}')).not.toBe(hashTagOf('{'));
  });

  describe.skipIf(!hasRedis())('in a cluster', () => {
    let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
    beforeAll(async () => void (cluster = await startRedisCluster(3)));
    afterAll(async () => cluster?.stop());

    it('leads to the slot that Redis says', async () => {
      const node = new Redis(cluster.nodes[0]?.port ?? 0);
      await fc.assert(
        fc.asyncProperty(fc.string(), fc.string(), async (owner, rest) => {
          const key = `latchkey:${hashTagOf(owner)}${rest}`;
          expect(clusterSlotOf(key)).toBe(await node.cluster('KEYSLOT', key));
        }),
      );
      node.disconnect();
    });

    it('spreads owners over all nodes, and calls with limits of key, owner and call go through', async () => {
      const limiter = await openLimiter(cluster.url);
      const owners = [
        'ada',
        '{',
        '}{',
        'a{b}c',
        '{}',
        '🙂',
        'x'.repeat(128),
        ...Array.from({ length: 60 }, (_, index) => `owner-${index}`),
      ];
      for (const owner of owners) {
        const limits = [daily, burst];
        const subjects = [`key_of_${owner}`, `owner:${owner}`, `key_of_${owner}/call/{a}`];
        const charges: Charge[] = subjects.map((subject) => ({ subject, owner, limits }));
        expect((await limiter.consume(charges, 1, 0)).readings.map((reading) => reading.remaining)).toEqual([9, 4, 9, 4, 9, 4]);
      }
      for (const { port } of cluster.nodes) {
        const node = new Redis(port);
        expect(await node.dbsize()).toBeGreaterThan(owners.length);
        node.disconnect();
      }
      await limiter.close();
    });
  });
});
