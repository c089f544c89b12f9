import assert from 'node:assert/strict';
import { RateLimitedError } from '../domain/errors.js';
import type { CreateKeyInput } from '../engine/api/index.js';
import { atOnce } from './at-once.js';
import { atOnceSettled, conflicts, isForbidden, isMissing, refusesInput, textOf } from './latchkey-suite-fixture.js';
import type { OwnKeysSomehow, OwnKeysSubject, OwnKeysTest } from './own-keys-suite-options.js';

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

/** What nobody who only owns a key may choose; the place that is named, or null where it is a matter of authority. */
const BEYOND: readonly (readonly [what: string, fields: object, pointer: string | null])[] = [
  ['a scope beyond the policy', { scopes: ['articles:read', 'users:read'] }, null],
  ['a wildcard over more than the policy', { scopes: ['news:*'] }, null],
  ['all scopes', { scopes: ['*:*'] }, null],
  ['a scope that is none', { scopes: ['articles'] }, '/scopes/0'],
  ['another tier', { tier: 'gold' }, '/tier'],
  ['no tier', { tier: null }, '/tier'],
  ['another environment', { environment: 'staging' }, '/environment'],
  ['the environment of operators', { environment: 'operator', scopes: ['articles:read'] }, '/environment'],
  ['an expiry too far ahead', { expiresIn: '366d' }, '/expiresIn'],
  ['a date too far ahead', { expiresAt: '2099-01-01' }, '/expiresAt'],
  ['a date that is none', { expiresAt: 'never' }, '/expiresAt'],
  ['a date that has passed', { expiresAt: '2001-01-01' }, '/expiresAt'],
  ['a duration that is null', { expiresIn: null }, '/expiresIn'],
  ['no expiry', { expiresAt: null }, '/expiresAt'],
  ['a name that is none', { name: 5 }, '/name'],
  ['addresses that are none', { ipRules: ['here'] }, '/ipRules/0'],
  ['limits', { limits: [{ name: 'd', limit: 1e9, window: '1d' }] }, '/limits'],
  ['credits', { credits: { remaining: 1e9 } }, '/credits'],
  ['metadata', { metadata: { plan: 'gold' } }, '/metadata'],
  ['whose the key is', { owner: 'bob' }, '/owner'],
];

/** Every call that names a key. */
const CALLS: readonly (readonly [what: string, call: (keys: OwnKeysSomehow, id: string) => Promise<unknown>])[] = [
  ['reading', (keys, id) => keys.get(id)],
  ['renaming', (keys, id) => keys.update(id, { name: 'mine now' })],
  ['narrowing', (keys, id) => keys.update(id, { ipRules: ['10.0.0.1'] })],
  ['rotating', (keys, id) => keys.rotate(id, { grace: '1h' })],
  ['revoking', (keys, id) => keys.revoke(id)],
  ['asking for the usage of', (keys, id) => keys.usage({ key: id })],
];

export const ownKeysTests: readonly OwnKeysTest[] = [
  ['an owner makes a key that works, within the policy and with its defaults, and sees it without its token', makes],
  ['an owner renames, rotates and revokes a key of its own, and sees its usage', changes],
  ['an owner sees every valid token of its key, and ends an old one; the current one it does not end so', retires],
  ['an owner lists its keys, the newest first, with how many there are and how many of them work', lists],
  ...BEYOND.map(([what, fields, pointer]): OwnKeysTest => [
    `an owner does not choose ${what}`,
    (subject) => refuses(subject, fields, pointer),
  ]),
  [
    'an owner chooses what the policy lists: tier, environment, expiry up to the longest, and none where it allows that',
    chooses,
    { maxExpiry: '10d', neverExpires: true, environments: ['test', 'live'], maxKeys: 9 },
  ],
  ['an owner does not take back an address rule that narrows a key', staysNarrow],
  ['the number of keys is the smallest of what policy and record say, and holds when all ask at once', holdsNumbers],
  [
    'an owner makes as many changes an hour as the policy says, under any concurrency, and a refusal says how long to wait',
    holdsRate,
    { changesPerHour: 3 },
  ],
  [
    'an owner whose changes are used up still reads and revokes its keys, and other owners are as before',
    keepsRevoking,
    { changesPerHour: 2 },
  ],
  ['a request that made the last of the keys can be repeated, by the same owner alone', repeats, { maxKeys: 1 }],
  ['an owner that is suspended gets no token, and may still revoke', endsWhenSuspended],
  ...CALLS.map(([what, call]): OwnKeysTest => [
    `${what} a key of another owner, or an operator token, is like doing so to one that never was`,
    (subject) => hidesOthers(subject, call),
  ]),
];

async function makes({ as, admin }: OwnKeysSubject): Promise<void> {
  const { key, token } = await as('ada').create({ name: 'CI', scopes: ['articles:read'] });
  assert.deepEqual(
    [key.tier, key.environment, key.status, key.daysUntilExpiry, key.scopes, key.preview],
    ['free', 'live', 'active', 90, ['articles:read'], 'lk_live_****************'],
  );
  assert.match(key.hint, /^lk_live_….{4}$/);
  assert.equal((await admin.verify(token, { scopes: ['articles:read'] })).valid, true);
  assert.deepEqual(await as('ada').get(key.id), key);
  assert.ok(!JSON.stringify(await as('ada').list()).includes(textOf(token)));
  const [made] = (await admin.events.list()).data;
  assert.deepEqual([made?.action, made?.actor, made?.owner], ['key.created', { type: 'owner', id: 'ada' }, 'ada']);
  assert.equal((await admin.keys.get(key.id)).createdBy, 'owner:ada');
}

async function changes({ as, admin, clock }: OwnKeysSubject): Promise<void> {
  const ada = as('ada');
  const { key, token } = await ada.create({ name: 'CI', scopes: ['articles:read'] });
  const { key: changed } = await ada.update(key.id, { name: 'Shop', ipRules: ['192.0.2.0/24'] });
  assert.deepEqual(changed, { ...key, name: 'Shop', ipRules: ['192.0.2.0/24'], version: 2 });
  for (const call of [
    ada.update(key.id, { name: 'x' }, { ifMatch: 1 }),
    ada.rotate(key.id, {}, { ifMatch: [1, 3] }),
    ada.revoke(key.id, {}, { ifMatch: 1 }),
  ])
    await conflicts(call, 'precondition_failed');
  assert.equal((await ada.update(key.id, { name: 'Shop' }, { ifMatch: 2 })).key.version, 2);
  const rotated = await ada.rotate(key.id, { grace: '1h' });
  for (const each of [token, rotated.token]) assert.equal((await admin.verify(each, { ip: '192.0.2.1' })).code, 'valid');
  await clock.advance(10_000);
  const usage = await ada.usage({ key: key.id, by: 'hour' });
  assert.deepEqual([usage.by, usage.totals], ['hour', { valid: 2 }]);
  assert.equal((await ada.usage({ from: '2000-01-01', until: '2000-01-02' })).total, 0);
  const revoked = await ada.revoke(key.id, { reason: 'done' });
  assert.deepEqual([revoked.key.id, revoked.key.status, revoked.propagation.pending], [key.id, 'revoked', []]);
  assert.equal((await admin.verify(rotated.token)).code, 'revoked');
  await conflicts(ada.rotate(key.id), 'key_revoked');
}

async function retires({ as, admin }: OwnKeysSubject): Promise<void> {
  const ada = as('ada');
  const { key, token } = await ada.create({ name: 'CI' });
  const rotated = await ada.rotate(key.id, { grace: '1h' });
  const [current, old] = rotated.key.secrets;
  assert.deepEqual([current?.validUntil, old?.id, rotated.key.secrets.length], [null, key.secrets[0]?.id, 2]);
  await conflicts(ada.retireSecret(key.id, current?.id ?? ''), 'current_secret');
  await assert.rejects(as('bob').retireSecret(key.id, old?.id ?? ''), { code: 'not_found' });
  assert.equal((await admin.verify(token)).code, 'valid');
  const { key: retired, propagation } = await ada.retireSecret(key.id, old?.id ?? '');
  assert.deepEqual([retired.secrets.map(({ id }) => id), propagation.pending], [[current?.id, old?.id], []]);
  assert.deepEqual([(await admin.verify(token)).code, (await admin.verify(rotated.token)).code], ['revoked', 'valid']);
}

async function lists({ as, admin, clock }: OwnKeysSubject): Promise<void> {
  const issue = async (name: string, fields: Partial<CreateKeyInput> = {}): Promise<string> => {
    await clock.advance(1);
    return (await admin.keys.create({ name, owner: 'ada', ...fields })).key.id;
  };
  await issue('not hers', { owner: 'bob' });
  const kept = await issue('kept');
  await issue('scheduled', { notBefore: '2099-01-01' });
  await issue('expired', { expiresIn: '1s' });
  await admin.keys.revoke(await issue('revoked'));
  await admin.keys.disable(await issue('disabled'));
  await clock.advance(1_000);
  const page = await as('ada').list({ limit: 2 });
  const rest = await as('ada').list({ limit: 100, cursor: page.nextCursor ?? '' });
  const all = ['disabled', 'revoked', 'expired', 'scheduled', 'kept'];
  assert.deepEqual(
    [...page.data, ...rest.data].map(({ name, status }) => [name, status]),
    all.map((name) => [name, name === 'kept' ? 'active' : name]),
  );
  assert.deepEqual([page.total, page.active, rest.nextCursor], [5, 1, null]);
  const found = await as('ada').list({ search: kept });
  assert.deepEqual([found.data.map(({ id }) => id), found.total], [[kept], 5]);
  await refusesInput(as('bob').list({ cursor: page.nextCursor ?? '' }), '/cursor');
  await admin.owners.suspend('ada');
  assert.equal((await as('ada').get(kept)).status, 'disabled');
  assert.equal((await as('ada').list()).active, 0);
}

async function refuses({ as, admin }: OwnKeysSubject, fields: object, pointer: string | null): Promise<void> {
  const create = as('ada').create({ name: 'CI', ...fields });
  await (pointer === null ? isForbidden(create) : refusesInput(create, pointer));
  assert.deepEqual((await admin.events.list({ action: 'key.created' })).data, []);
}

async function chooses({ as }: OwnKeysSubject): Promise<void> {
  const ada = as('ada');
  const { key: plain } = await ada.create({ name: 'a' });
  assert.deepEqual([plain.daysUntilExpiry, plain.environment, plain.tier], [10, 'test', 'free']);
  const { key: chosen } = await ada.create({ name: 'b', tier: 'pro', expiresIn: '10d' });
  assert.deepEqual([chosen.tier, chosen.daysUntilExpiry], ['pro', 10]);
  assert.equal((await ada.create({ name: 'c', expiresAt: null, environment: 'live' })).key.expiresAt, null);
  await refusesInput(ada.create({ name: 'd', expiresIn: 10 * 86_400_000 + 1 }), '/expiresIn');
}

async function staysNarrow({ as, admin }: OwnKeysSubject): Promise<void> {
  const { key } = await admin.keys.create({ name: 'k', owner: 'ada', ipRules: ['10.0.0.0/8', '192.0.2.1'] });
  for (const ipRules of [[], ['0.0.0.0/0'], ['10.0.0.0/8', '192.0.2.2']]) await isForbidden(as('ada').update(key.id, { ipRules }));
  assert.deepEqual((await as('ada').update(key.id, { ipRules: ['192.0.2.1'] })).key.ipRules, ['192.0.2.1']);
}

async function holdsNumbers({ as, admin }: OwnKeysSubject): Promise<void> {
  const made = await atOnceSettled(12, () => as('ada').create({ name: 'a key' }));
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 3);
  for (const one of made) if (one.status === 'rejected') await conflicts(Promise.reject(one.reason as Error), 'too_many_keys');
  await admin.owners.update('ada', { maxKeys: 10 });
  await conflicts(as('ada').create({ name: 'one more' }), 'too_many_keys');
  await admin.owners.update('bob', { maxKeys: 1 });
  await as('bob').create({ name: 'the only one' });
  await conflicts(as('bob').create({ name: 'one more' }), 'too_many_keys');
}

async function holdsRate({ as, clock }: OwnKeysSubject): Promise<void> {
  const ada = as('ada');
  const { key } = await ada.create({ name: 'CI' });
  const outcomes = await atOnceSettled(10, async () => ada.update(key.id, { name: 'CI' }));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert.equal(waitOf(outcome.reason), 1_200_000);
  assert.equal(waitOf(await ada.rotate(key.id).catch((error: unknown) => error)), 1_200_000);
  await clock.advance(1_199_000);
  assert.equal(waitOf(await ada.create({ name: 'too early' }).catch((error: unknown) => error)), 1_000);
  await clock.advance(1_000);
  await ada.rotate(key.id);
  assert.equal(waitOf(await ada.update(key.id, { name: 'again' }).catch((error: unknown) => error)), 1_200_000);
  assert.equal((await ada.list()).total, 1);
}

async function keepsRevoking({ as }: OwnKeysSubject): Promise<void> {
  const ada = as('ada');
  const { key } = await ada.create({ name: 'one' });
  await ada.update(key.id, { name: 'two' });
  waitOf(await ada.update(key.id, { name: 'three' }).catch((error: unknown) => error));
  assert.equal((await ada.get(key.id)).name, 'two');
  await as('bob').create({ name: 'of another owner' });
  // Nobody is kept from revoking by calls that changed nothing.
  for (let i = 0; i < 10; i++) await ada.revoke(key.id);
  assert.equal((await ada.get(key.id)).status, 'revoked');
}

/** Returns the wait of a refused call, in milliseconds. */
function waitOf(error: unknown): number {
  assert.ok(error instanceof RateLimitedError, String(error));
  assert.notEqual(error.message, '');
  return error.retryAfterMs;
}

async function repeats({ as }: OwnKeysSubject): Promise<void> {
  const create = (owner: string) => as(owner).create({ name: 'CI' }, { idempotencyKey: UUID });
  const first = await create('ada');
  for (const again of await atOnce(5, () => create('ada'))) {
    assert.deepEqual([again.replayed, again.key.id, textOf(again.token)], [true, first.key.id, textOf(first.token)]);
  }
  const others = await create('bob');
  assert.equal(others.replayed, false);
  assert.notEqual(others.key.id, first.key.id);
}

async function endsWhenSuspended({ as, admin }: OwnKeysSubject): Promise<void> {
  const { key } = await as('ada').create({ name: 'CI' }, { idempotencyKey: UUID });
  await admin.owners.suspend('ada');
  await isForbidden(as('ada').create({ name: 'CI 2' }));
  await isForbidden(as('ada').create({ name: 'CI' }, { idempotencyKey: UUID }));
  await isForbidden(as('ada').rotate(key.id));
  assert.equal((await as('ada').revoke(key.id)).key.status, 'revoked');
}

async function hidesOthers({ as, admin }: OwnKeysSubject, call: (typeof CALLS)[number][1]): Promise<void> {
  const { key: others } = await admin.keys.create({ name: 'k', owner: 'bob' });
  const { key: operators } = await admin.keys.create({ name: 'k', owner: 'ada', environment: 'operator', scopes: ['*:*'] });
  const head = await admin.events.head();
  for (const id of ['key_0000000000000000', others.id, operators.id]) await isMissing(call(as('ada'), id), 'key');
  assert.deepEqual(await admin.events.head(), head);
  const page = await as('ada').list();
  assert.deepEqual([page.data, page.total, page.active], [[], 0, 0]);
  await refusesInput(as('ada').list({ limit: 0 }), '/limit');
}
