/** Four services count together: a limit, and a budget, admit exactly what they say, whichever of them is asked. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { hasRedis, startRedis } from '../../../../tools/services/redis.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { parallel, type Fields } from './ask.js';
import { PATIENT, startFleet, type Fleet } from './fleet.js';

const SERVICES = 4;
const CALLS = 400;
const ADMITTED = 100;
const REFUSED = CALLS - ADMITTED;

/** No window ends while it is counted. */
const limit = (name: string, most: number, algorithm = 'fixed-window'): object => ({ name, limit: most, window: '366d', algorithm });

async function openFleet(variables: Readonly<Record<string, string>>): Promise<Fleet> {
  const database = await (await sharedPostgres()).createDatabase();
  const fleet = await startFleet(SERVICES, () => ({ DATABASE_URL: database, ...PATIENT, ...variables }));
  onTestFinished(() => fleet.stop());
  return fleet;
}

async function withRedis(): Promise<Fleet> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return openFleet({ REDIS_URL: redis.url });
}

describe.each([
  ['in Redis', withRedis, hasRedis() && findPostgres() !== null],
  ['in PostgreSQL', async () => openFleet({}), findPostgres() !== null],
] as const)(`${SERVICES} services that are asked ${CALLS} times at once, with limits %s`, (_name, open, available) => {
  async function issue(
    { asks }: Fleet,
    fields: object,
  ): Promise<{ readonly token: string; codes(): Promise<Fields>; left(): Promise<unknown> }> {
    const [first] = asks;
    const { json } = (await first?.('/v1/keys', { body: { name: 'k', owner: 'ada', ...fields } })) ?? { json: {} as Fields };
    const token = json['token'] as string;
    return {
      token,
      async codes() {
        const answers = await parallel(CALLS, async (call) => asks[call % SERVICES]?.('/v1/keys/verify', { body: { token } }));
        const counts: Record<string, number> = {};
        for (const answer of answers) counts[String(answer?.json['code'])] = (counts[String(answer?.json['code'])] ?? 0) + 1;
        return counts;
      },
      async left() {
        const answer = await first?.('/v1/keys/verify', { body: { token, cost: 0, dryRun: true } });
        const limits = answer?.json['limits'] as readonly Fields[];
        return [...limits.map(({ remaining }) => remaining as number), answer?.json['credits']];
      },
    };
  }

  it.runIf(available)(`admit exactly ${ADMITTED} of a limit, of several, and of a budget, and refused calls take nothing`, async () => {
    const fleet = await open();
    const one = await issue(fleet, { limits: [limit('daily', ADMITTED)] });
    expect(await one.codes()).toEqual({ valid: ADMITTED, rate_limited: REFUSED });

    const several = await issue(fleet, {
      limits: [limit('wide', 900), limit('sliding', 700, 'sliding-window'), limit('bucket', ADMITTED, 'token-bucket')],
    });
    expect(await several.codes()).toEqual({ valid: ADMITTED, rate_limited: REFUSED });
    expect(await several.left()).toEqual([900 - ADMITTED, 700 - ADMITTED, 0, null]);

    const budget = await issue(fleet, {
      limits: [limit('wide', 5_000), limit('sliding', 3_000, 'sliding-window')],
      credits: { remaining: ADMITTED },
    });
    expect(await budget.codes()).toEqual({ valid: ADMITTED, credits_exhausted: REFUSED });
    expect(await budget.left()).toEqual([5_000 - ADMITTED, 3_000 - ADMITTED, 0]);
  });
});
