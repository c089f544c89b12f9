import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../../../tools/property-runs.js';
import { hasRedis, startRedis, type RedisServer } from '../../../../../tools/services/redis.js';
import { refund, type LimitState } from '../../../src/domain/limit-arithmetic.js';
import { LIMIT_ALGORITHMS, type Limit } from '../../../src/domain/limit.js';
import { decideTogether } from '../../../src/limiters/decide-together.js';
import type { Charge, Consumption, Limiter } from '../../../src/ports/limiter.js';
import { GIVEN_TIME, openBareLimiter } from './test-redis.js';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const OWNER = 'ada {of} Ünïcode:1';

let server: RedisServer;
let redis: Redis;
let made = 0;

beforeAll(async () => {
  if (!hasRedis()) return;
  server = await startRedis();
  redis = new Redis(server.port);
});

afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

/** The same calls by the pure rules alone. Algorithm and window are part of what tells counters apart. */
function createReference(): Pick<Limiter, 'consume' | 'peek' | 'refund'> {
  const states = new Map<string, LimitState>();
  const idOf = (subject: string, limit: Limit): string => `${subject} ${limit.name} ${limit.algorithm} ${limit.windowMs}`;
  const entriesOf = (charges: readonly Charge[]) =>
    charges.flatMap(({ subject, limits }) => limits.map((limit) => ({ id: idOf(subject, limit), limit })));

  function ask(charge: boolean, charges: readonly Charge[], { cost, now }: { cost: number; now: number }): Consumption {
    const demand = { cost, now, charge };
    const entries = entriesOf(charges).map(({ id, limit }) => ({ id, limit, state: states.get(id) ?? null, demand }));
    const { consumption, decisions } = decideTogether(entries, demand);
    if (charge) entries.forEach(({ id }, index) => keep(id, decisions[index]?.next ?? null));
    return consumption;
  }

  function keep(id: string, state: LimitState | null): void {
    if (state !== null) states.set(id, state);
  }

  return {
    consume: (charges, cost, now) => ask(true, charges, { cost, now }),
    peek: (charges, cost, now) => ask(false, charges, { cost, now }),
    refund(charges, cost, { countedAt }) {
      for (const { id, limit } of entriesOf(charges)) keep(id, refund(limit, states.get(id) ?? null, { now: countedAt, cost }));
    },
  };
}

const windows = fc.constantFrom(1_000, 1_001, 60_000, 3_600_000, DAY, 7 * DAY, 30 * DAY, 366 * DAY);
const oneLimit: fc.Arbitrary<Limit> = fc
  .record({
    algorithm: fc.constantFrom(...LIMIT_ALGORITHMS),
    windowMs: windows,
    limit: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.constantFrom(100, 10_000, 250_000)),
    burst: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
  })
  .map(({ burst, ...rest }) => ({ name: '', ...rest, ...(burst !== null && rest.algorithm === 'token-bucket' && { burst }) }));

/** Few subjects and names, so that calls meet; the limits of one name change from call to call now and then. */
const someCharges = (pool: readonly Limit[]): fc.Arbitrary<readonly Charge[]> =>
  fc
    .uniqueArray(
      fc.record({
        subject: fc.constantFrom('key_1', 'owner:{ada}', 'key_1/call/é:*'),
        name: fc.constantFrom('a', 'b'),
        limit: fc.constantFrom(...pool),
      }),
      {
        minLength: 1,
        maxLength: 4,
        selector: ({ subject, name }) => `${subject} ${name}`,
      },
    )
    .map((list) => list.map(({ subject, name, limit }) => ({ subject, owner: OWNER, limits: [{ ...limit, name }] })));

interface Move {
  readonly task: 'consume' | 'peek' | 'refund';
  readonly charges: readonly Charge[];
  readonly cost: number;
  readonly moveMs: number;
  /** Which of the consumptions before it a refund gives back. */
  readonly back: number;
}

const moves = fc.array(oneLimit, { minLength: 1, maxLength: 4 }).chain((pool) => {
  const windowMs = pool[0]?.windowMs ?? DAY;
  return fc.array(
    fc.record({
      task: fc.constantFrom('consume', 'consume', 'consume', 'peek', 'refund'),
      charges: someCharges(pool),
      cost: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(9_999, 100_000, 2 ** 53 - 1),
      ),
      moveMs: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: Math.ceil(windowMs / 5) }) },
        { weight: 2, arbitrary: fc.constantFrom(0, 0, 1, windowMs - 1, windowMs, windowMs + 1, 3 * windowMs) },
        { weight: 1, arbitrary: fc.integer({ min: -3 * windowMs, max: -1 }) },
      ),
      back: fc.nat({ max: 6 }),
    }) satisfies fc.Arbitrary<Move>,
    { minLength: 1, maxLength: 40 },
  );
});

/** Long enough for a log to be compacted, many times over. */
const longLog: fc.Arbitrary<readonly Move[]> = fc
  .record({ limit: fc.constantFrom(3, 60, 10_000), windowMs: fc.constantFrom(1_000, 2_000) })
  .chain((log) => {
    const charges: readonly Charge[] = [{ subject: 'key_1', owner: OWNER, limits: [{ name: 'log', algorithm: 'sliding-window', ...log }] }];
    return fc.array(
      fc.record({
        task: fc.constantFrom('consume', 'consume', 'consume', 'consume', 'consume', 'peek', 'refund'),
        charges: fc.constant(charges),
        cost: fc.constantFrom(0, 1, 1, 1, 2, 7, 100),
        moveMs: fc.oneof(
          { weight: 200, arbitrary: fc.integer({ min: 0, max: 40 }) },
          { weight: 10, arbitrary: fc.integer({ min: -300, max: 0 }) },
          { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
        ),
        back: fc.nat({ max: 30 }),
      }) satisfies fc.Arbitrary<Move>,
      { maxLength: 300, size: 'max' },
    );
  });

async function answersAlike(list: readonly Move[]): Promise<void> {
  const limiter = openBareLimiter(redis, { prefix: `test-${(made += 1)}:`, script: GIVEN_TIME });
  const reference = createReference();
  const consumptions: { readonly charges: readonly Charge[]; readonly cost: number; readonly consumption: Consumption }[] = [];
  let now = START + 3 * 366 * DAY;
  for (const { task, charges, cost, moveMs, back } of list) {
    now += moveMs;
    const earlier = consumptions[consumptions.length - 1 - back];
    if (task === 'refund') {
      if (earlier === undefined) continue;
      await limiter.refund(earlier.charges, earlier.cost, earlier.consumption);
      await reference.refund(earlier.charges, earlier.cost, earlier.consumption);
      continue;
    }
    const answer = await limiter[task](charges, cost, now);
    expect(answer).toEqual(await reference[task](charges, cost, now));
    if (task === 'consume' && answer.allowed) consumptions.push({ charges, cost, consumption: answer });
  }
}

describe.skipIf(!hasRedis())('the script in Redis, against the pure rules', () => {
  it('answers every call alike, whatever limits, costs and clocks, with peeks and refunds in between', async () => {
    await fc.assert(fc.asyncProperty(moves, answersAlike), runs(200));
  });

  it('answers every call alike with the largest numbers that limits are made of', async () => {
    const largest: Limit[] = [
      { name: 'bucket', limit: 250_000, windowMs: 366 * DAY, algorithm: 'token-bucket', burst: 284_000 },
      { name: 'fixed', limit: 1_000_000_000, windowMs: 366 * DAY, algorithm: 'fixed-window' },
      { name: 'slow', limit: 1, windowMs: 9_000_000, algorithm: 'token-bucket', burst: 1_000_000_000 },
    ];
    for (const limit of largest) {
      const charges: readonly Charge[] = [{ subject: 'key_1', owner: OWNER, limits: [limit] }];
      const most = limit.burst ?? limit.limit;
      const costs = [most - 3, 1, 1, 1, 1, 0, most];
      const consumes = costs.map((cost): Move => ({ task: 'consume', charges, cost, moveMs: 7, back: 0 }));
      await answersAlike([
        ...consumes,
        { task: 'refund', charges, cost: 0, moveMs: 1, back: 0 },
        { task: 'peek', charges, cost: 2, moveMs: 1, back: 0 },
      ]);
    }
  });

  it('answers every call alike over logs that grow long and are compacted', async () => {
    await fc.assert(fc.asyncProperty(longLog, answersAlike), runs(20));
  });
});
