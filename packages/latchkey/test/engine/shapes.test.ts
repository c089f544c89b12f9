/** Callers without types: what has the wrong shape is an input error that names its place, and never a TypeError. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Latchkey } from '../../src/index.js';
import { openHarness } from './harness.js';

let latchkey: Latchkey;
let id = '';

beforeAll(async () => {
  const harness = await openHarness();
  ({ latchkey } = harness);
  ({ id } = await harness.issue());
});

afterAll(async () => latchkey.close());

const KEY = { name: 'k', owner: 'ada' };
const SLOW = { scheme: 'bcrypt', hash: `$2b$10$${'a'.repeat(53)}`, lookup: { start: 'sk_live' } } as const;
const never = (value: unknown) => value as never;
const imported = { name: 'k', owner: 'ada' };

const CALLS: readonly (readonly [what: string, call: (value: unknown) => Promise<unknown>, values: readonly unknown[], pointer: string])[] =
  [
    ['verify: request', (value) => latchkey.verify('a', never(value)), [null, 5, 'scopes'], ''],
    ['verify: ip', (value) => latchkey.verify('a', { ip: never(value) }), [5, {}, ['1.2.3.4'], true], '/ip'],
    ['verify: limits', (value) => latchkey.verify('a', { limits: never(value) }), [null, {}, 'daily', 5], '/limits'],
    ['verify: environment', (value) => latchkey.verify('a', { environment: never(value) }), [null, 5, {}], '/environment'],
    ['verify: dryRun', (value) => latchkey.verify('a', { dryRun: never(value) }), [null, 'yes', 1], '/dryRun'],
    ['verify: userAgent', (value) => latchkey.verify('a', { userAgent: never(value) }), [null, 5, {}], '/userAgent'],
    ['verify: cost', (value) => latchkey.verify('a', { cost: never(value) }), [null, '1', {}], '/cost'],
    ['verify: scope', (value) => latchkey.verify('a', { scopes: [never(value)] }), [null, 5, {}], '/scopes/0'],
    ['verify: scopes', (value) => latchkey.verify('a', { scopes: never(value) }), [null, {}, 'a:b', 5], '/scopes'],
    ['create', (value) => latchkey.keys.create(never(value)), [undefined, null, 5, 'name', []], ''],
    ['create: scopes', (value) => latchkey.keys.create({ ...KEY, scopes: never(value) }), [{}, 'a:b', 5], '/scopes'],
    ['create: ipRules', (value) => latchkey.keys.create({ ...KEY, ipRules: never(value) }), [{}, '10.0.0.1', 5], '/ipRules'],
    ['create: limits', (value) => latchkey.keys.create({ ...KEY, limits: never(value) }), [{}, 'daily', 5], '/limits'],
    ['create: credits', (value) => latchkey.keys.create({ ...KEY, credits: never(value) }), [5, 'all', []], '/credits'],
    [
      'create: refill',
      (value) => latchkey.keys.create({ ...KEY, credits: { remaining: 1, refill: never(value) } }),
      [5, 'all'],
      '/credits/refill',
    ],
    ['create: metadata', (value) => latchkey.keys.create({ ...KEY, metadata: never(value) }), [5, 'all', []], '/metadata'],
    ['create: bounds', (value) => latchkey.keys.create({ ...KEY, bounds: never(value) }), [5, 'all', []], '/bounds'],
    ['update', (value) => latchkey.keys.update(id, never(value)), [null, 5, 'name', []], ''],
    ['rotate', (value) => latchkey.keys.rotate(id, never(value)), [null, 5, '1h', []], ''],
    ['revoke', (value) => latchkey.keys.revoke(id, never(value)), [null, 5, 'leaked', []], ''],
    ['revokeMany', (value) => latchkey.keys.revokeMany(never(value)), [undefined, null, 5, [id]], ''],
    ['import', (value) => latchkey.keys.import(never(value)), [undefined, null, 5, {}, 'all'], ''],
    ['import: record', (value) => latchkey.keys.import([never(value)]), [null, 5, 'all', []], '/0'],
    [
      'import: secret',
      (value) => latchkey.keys.import([{ ...imported, secret: never(value) }]),
      [undefined, null, 5, 'bcrypt'],
      '/0/secret',
    ],
    [
      'import: scheme',
      (value) => latchkey.keys.import([{ ...imported, secret: { ...SLOW, scheme: never(value) } }]),
      ['md5', null, 5],
      '/0/secret/scheme',
    ],
    [
      'import: encoding',
      (value) => latchkey.keys.import([{ ...imported, secret: { scheme: 'sha256', digest: '0'.repeat(64), encoding: never(value) } }]),
      [undefined, 'utf8', 5],
      '/0/secret/encoding',
    ],
    [
      'import: lookup',
      (value) => latchkey.keys.import([{ ...imported, secret: { ...SLOW, lookup: { start: never(value) } } }]),
      [5, null, {}],
      '/0/secret/lookup/start',
    ],
  ];

describe('input of the wrong shape', () => {
  it.each(CALLS)('%s', async (_what, call, values, pointer) => {
    for (const value of values) {
      const error: unknown = await call(value).catch((reason: unknown) => reason);
      expect(error, String(value)).toMatchObject({ code: 'invalid_input', issues: [{ pointer }] });
    }
    expect((await latchkey.keys.get(id)).status).toBe('active');
  });
});

/** Every call of these groups, with arguments that work. */
const SURFACE: Readonly<Record<string, () => readonly unknown[]>> = {
  'keys.create': () => [KEY],
  'keys.import': () => [[]],
  'keys.get': () => [id],
  'keys.list': () => [{}],
  'keys.walk': () => [{}],
  'keys.update': () => [id, {}],
  'keys.rotate': () => [id, {}],
  'keys.disable': () => [id, {}],
  'keys.enable': () => [id, {}],
  'keys.retireSecret': () => [id, 'sec_unknown'],
  'keys.revoke': () => ['key_unknown', {}],
  'keys.revokeMany': () => [{ ids: ['key_unknown'] }],
  'keys.revokeWhere': () => [{ where: { owner: 'nobody' }, dryRun: true }],
  'keys.disableWhere': () => [{ where: { owner: 'nobody' }, dryRun: true }],
  'keys.extendWhere': () => [{ where: { owner: 'nobody' }, expiresIn: '1d', dryRun: true }],
  'keys.limits': () => [id],
  'keys.explain': () => [id, {}],
  'owners.get': () => ['ada'],
  'owners.list': () => [{}],
  'owners.walk': () => [{}],
  'owners.update': () => ['ada', {}],
  'owners.suspend': () => ['nobody', {}],
  'owners.resume': () => ['ada', {}],
  'owners.revokeAll': () => ['nobody', {}],
  'tiers.get': () => ['none'],
  'tiers.list': () => [],
  'tiers.put': () => ['free', { limits: [] }],
  'tiers.remove': () => ['none'],
  'tiers.preview': () => ['free', { limits: [] }],
  'events.head': () => [],
  'events.list': () => [{}],
  'events.walk': () => [{}],
  'events.verify': () => [undefined],
  'events.archive': () => [{ upTo: { seq: 1, hash: '0'.repeat(64) } }],
  'usage.read': () => [{}],
  'usage.byKey': () => [{ keys: [id] }],
  'usage.busiest': () => [{}],
  'sessions.createLink': () => [{ ownerId: 'ada' }],
};

const SHAPES: readonly unknown[] = [undefined, null, 5, 'text', true, [], {}, [5], { limit: {} }, { name: 5, limits: 5 }, Symbol('s'), 5n];

/** Calls by name, as a caller without types does. Resolves to the error, or null. */
async function errorOf(what: string, args: readonly unknown[]): Promise<unknown> {
  const [group = '', name = ''] = what.split('.');
  const calls = latchkey[group as 'keys'] as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;
  try {
    const answer = await calls[name]?.(...args);
    if (name === 'walk') for await (const _ of answer as AsyncIterable<unknown>);
    return null;
  } catch (error) {
    return error;
  }
}

describe('library: a call with an argument of another shape', () => {
  it('is tried for every call', () => {
    const calls = (['keys', 'owners', 'tiers', 'events', 'usage'] as const).flatMap((group) =>
      Object.keys(latchkey[group]).map((name) => `${group}.${name}`),
    );
    expect(Object.keys(SURFACE)).toEqual(expect.arrayContaining(calls));
  });

  it.each(Object.entries(SURFACE))('%s: is an input error, or finds nothing', async (what, args) => {
    for (const index of args().keys()) {
      for (const shape of SHAPES) {
        const error = await errorOf(what, args().with(index, shape));
        const isClear = error === null || ['invalid_input', 'not_found'].includes((error as { code?: string }).code ?? '');
        if (!isClear)
          expect
            .soft(error, `argument ${index}: ${typeof shape} ${JSON.stringify(shape, (_, v) => (typeof v === 'bigint' ? 'n' : v))}`)
            .toBeNull();
      }
    }
  });
});
