/** What a verification takes: of limits and of credits, exactly, under any number of calls at once; and what is counted of it. */
import assert from 'node:assert/strict';
import type { Verdict } from '../domain/verdict.js';
import { HOUR_MS } from '../domain/time.js';
import { atOnce } from './at-once.js';
import { codesOf, unknownToken, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

/** The default of the setting. */
const WRITE_BEHIND_MS = 10_000;

const OF_A_TIER = {
  free: [
    { name: 'daily', limit: 1, window: '1d' },
    { name: 'hourly', limit: 9, window: '1h' },
  ],
};

export const chargeTests: readonly LatchkeyTest[] = [
  ['limits and credits are charged together or not at all, whichever refuses', chargesAllOrNone],
  ['a limit of 50 admits exactly 50 of 200 calls at once', admitsExactly],
  ['a limit shared by all keys of an owner admits no more than it says, whichever keys are used', sharesLimits],
  ['of 8 verifications at once for one credit exactly one is valid, and the others give their limits back', spendsOnce],
  ['credits are never overspent by calls at once of any cost', spendsExactly],
  ['credits that refill are there again at the instant', refills],
  ['a limit of the call is counted for each key and resource, beside those of the key', countsByResource],
  ['a limit of the key stands in place of the one of its tier with the same name', overrides, { tiers: OF_A_TIER }],
  ['a limit that is changed in a tier holds for all its keys at once', followsTiers],
  ['a window that is over admits again, and says before when that will be', opensAgain],
  ['usage is counted by hour, day and outcome, with the last use, at most ten seconds behind', countsUsage],
  ['the last use of each secret of a key is known, also where both are used within the same second', knowsEachUse],
];

async function chargesAllOrNone({ admin, issue }: Subject): Promise<void> {
  const { id, token } = await issue({
    limits: [
      { name: 'wide', limit: 100, window: '1h' },
      { name: 'narrow', limit: 2, window: '1h' },
    ],
    credits: { remaining: 10 },
  });
  await admin.owners.update('ada', { limits: [{ name: 'shared', limit: 50, window: '1h' }] });
  const remaining = async (): Promise<(number | null)[]> => {
    const verdict = await admin.verify(token, { cost: 0, dryRun: true });
    return [...(verdict.limits ?? []).map((limit) => limit.remaining), verdict.valid ? verdict.credits : null];
  };
  const codeOf = async (request: object): Promise<string> => (await admin.verify(token, request)).code;
  assert.equal(await codeOf({ cost: 2 }), 'valid');
  assert.deepEqual(await remaining(), [98, 0, 48, 8]);
  assert.equal(await codeOf({ cost: 1 }), 'rate_limited');
  assert.equal(await codeOf({ scopes: ['no:way'] }), 'insufficient_scope');
  assert.deepEqual(await remaining(), [98, 0, 48, 8]);
  await admin.keys.update(id, { limits: [{ name: 'wide', limit: 100, window: '1h' }], credits: { remaining: 1 } });
  assert.equal(await codeOf({ cost: 2 }), 'credits_exhausted');
  assert.deepEqual(await remaining(), [98, 48, 1]);
}

async function admitsExactly({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ limits: [{ name: 'fifty', limit: 50, window: '1h' }] });
  const verdicts = await atOnce(200, () => admin.verify(token));
  assert.equal(count(verdicts, 'valid'), 50);
  assert.equal(count(verdicts, 'rate_limited'), 150);
}

async function sharesLimits({ admin, issue }: Subject): Promise<void> {
  await admin.owners.update('ada', { limits: [{ name: 'shared', limit: 20, window: '1h' }] });
  const tokens = [(await issue()).token, (await issue()).token, (await issue()).token];
  const verdicts = await atOnce(90, (index) => admin.verify(tokens[index % 3]));
  assert.equal(count(verdicts, 'valid'), 20);
}

async function spendsOnce({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ credits: { remaining: 1 }, limits: [{ name: 'many', limit: 100, window: '1h' }] });
  const verdicts = await atOnce(8, () => admin.verify(token));
  assert.deepEqual([count(verdicts, 'valid'), count(verdicts, 'credits_exhausted')], [1, 7]);
  assert.equal((await admin.verify(token, { cost: 0 })).limits?.[0]?.remaining, 99);
}

async function spendsExactly({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ credits: { remaining: 50 } });
  const verdicts = await atOnce(60, (index) => admin.verify(token, { cost: 1 + (index % 3) }));
  const spent = verdicts.reduce((sum, verdict, index) => sum + (verdict.valid ? 1 + (index % 3) : 0), 0);
  const left = await admin.verify(token, { cost: 0 });
  assert.ok(left.valid && left.credits !== null);
  assert.equal(spent + left.credits, 50);
  // What was left was at no time enough for what was refused last.
  assert.ok(left.credits < 3);
}

async function refills({ admin, issue, clock }: Subject): Promise<void> {
  const { token } = await issue({ credits: { remaining: 1, refill: { amount: 2, every: '1h' } } });
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
  const refused = await admin.verify(token);
  assert.ok(!refused.valid);
  assert.deepEqual([refused.code, refused.retryAfterMs], ['credits_exhausted', HOUR_MS]);
  await clock.advance(HOUR_MS - 1);
  assert.deepEqual(await codesOf(admin, [token]), ['credits_exhausted']);
  await clock.advance(1);
  const verdict = await admin.verify(token);
  assert.deepEqual(verdict.valid && verdict.credits, 1);
}

async function countsByResource({ admin, issue }: Subject): Promise<void> {
  const [one, another] = [await issue(), await issue()];
  const ask = async (token: string, resource: string): Promise<string> =>
    (await admin.verify(token, { resource, limits: [{ name: 'each', limit: 1, window: '1h' }] })).code;
  assert.equal(await ask(one.token, 'search'), 'valid');
  assert.equal(await ask(one.token, 'search'), 'rate_limited');
  assert.equal(await ask(one.token, 'export'), 'valid');
  assert.equal(await ask(another.token, 'search'), 'valid');
}

async function overrides({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ tier: 'free', limits: [{ name: 'daily', limit: 7, window: '1d' }] });
  const { limits } = await admin.verify(token);
  assert.deepEqual(
    limits?.map(({ name, limit }) => [name, limit]),
    [
      ['daily', 7],
      ['hourly', 9],
    ],
  );
}

async function followsTiers({ admin, issue }: Subject): Promise<void> {
  await admin.tiers.put('free', { limits: [{ name: 'daily', limit: 1, window: '1d' }] });
  const [one, another] = [await issue({ tier: 'free' }), await issue({ tier: 'free', owner: 'bob' })];
  assert.deepEqual(await codesOf(admin, [one.token, another.token]), ['valid', 'valid']);
  assert.deepEqual(await codesOf(admin, [one.token, another.token]), ['rate_limited', 'rate_limited']);
  await admin.tiers.put('free', { limits: [{ name: 'daily', limit: 2, window: '1d' }] });
  assert.deepEqual(await codesOf(admin, [one.token, another.token]), ['valid', 'valid']);
  assert.deepEqual(await codesOf(admin, [one.token, another.token]), ['rate_limited', 'rate_limited']);
}

async function opensAgain({ admin, issue, clock }: Subject): Promise<void> {
  const { token } = await issue({ limits: [{ name: 'hourly', limit: 1, window: '1h' }] });
  await clock.advance(1_000);
  const [valid, refused] = [await admin.verify(token), await admin.verify(token)];
  assert.equal(valid.limits?.[0]?.resetAt, Date.parse('2026-01-01T01:00:00Z'));
  assert.ok(!refused.valid);
  assert.deepEqual([refused.code, refused.retryAfterMs], ['rate_limited', HOUR_MS - 1_000]);
  await clock.advance(HOUR_MS - 1_001);
  assert.deepEqual(await codesOf(admin, [token]), ['rate_limited']);
  await clock.advance(1);
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
}

async function countsUsage({ admin, issue, clock }: Subject): Promise<void> {
  const { id, token } = await issue({ scopes: ['a:read'] });
  await admin.verify(token, { ip: '203.0.113.9', userAgent: 'curl/8' });
  await admin.verify(token, { scopes: ['a:write'] });
  await admin.verify(unknownToken());
  await clock.advance(HOUR_MS);
  await admin.verify(token);
  await clock.advance(WRITE_BEHIND_MS);
  const usage = await admin.usage.read({ key: id, by: 'hour' });
  assert.deepEqual(usage.points, [
    { start: '2026-01-01T00:00:00.000Z', counts: { valid: 1, insufficient_scope: 1 } },
    { start: '2026-01-01T01:00:00.000Z', counts: { valid: 1 } },
  ]);
  assert.deepEqual((await admin.usage.read({ by: 'day' })).totals, { valid: 2, insufficient_scope: 1, not_found: 1 });
  assert.equal((await admin.usage.read({ owner: 'bob' })).total, 0);
  const key = await admin.keys.get(id);
  assert.deepEqual([key.lastUsedAt, key.secrets[0]?.lastUsedAt], ['2026-01-01T01:00:00.000Z', '2026-01-01T01:00:00.000Z']);
}

async function knowsEachUse({ admin, issue, clock }: Subject): Promise<void> {
  // With a limit, so that a client with a cache asks for each.
  const { id, token } = await issue({ limits: [{ name: 'many', limit: 100, window: '1h' }] });
  const rotated = (await admin.keys.rotate(id, { grace: '1d' })).token;
  for (const presented of [token, rotated]) {
    await admin.verify(presented);
    await clock.advance(100);
  }
  await clock.advance(WRITE_BEHIND_MS);
  const { lastUsedAt, secrets } = await admin.keys.get(id);
  assert.deepEqual(
    secrets.map((secret) => secret.lastUsedAt),
    ['2026-01-01T00:00:00.100Z', '2026-01-01T00:00:00.000Z'],
  );
  assert.equal(lastUsedAt, '2026-01-01T00:00:00.100Z');
}

function count(verdicts: readonly Verdict[], code: Verdict['code']): number {
  return verdicts.filter((verdict) => verdict.code === code).length;
}
