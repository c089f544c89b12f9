/** The life of a key: made, changed, rotated, taken away, and never brought back. */
import assert from 'node:assert/strict';
import type { Verdict } from '../domain/verdict.js';
import { HOUR_MS } from '../domain/time.js';
import { atOnce } from './at-once.js';
import type { Administration } from './administration.js';
import { atOnceSettled, codesOf, conflicts, refusesInput, textOf, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

type TakeAway = (admin: Administration, id: string, clock: Subject['clock']) => Promise<{ readonly propagation: unknown }>;

const WAYS: readonly (readonly [what: string, code: Verdict['code'], take: TakeAway])[] = [
  ['revoking the key', 'revoked', (admin, id) => admin.keys.revoke(id)],
  ['disabling the key', 'disabled', (admin, id) => admin.keys.disable(id)],
  ['suspending the owner', 'owner_suspended', (admin) => admin.owners.suspend('ada')],
  ['revoking all keys of the owner', 'revoked', (admin) => admin.owners.revokeAll('ada')],
  ['removing a scope', 'insufficient_scope', (admin, id) => admin.keys.update(id, { scopes: [] })],
  ['bringing the expiry forward', 'expired', expireSoon],
  ['narrowing the addresses', 'ip_denied', (admin, id) => admin.keys.update(id, { ipRules: ['10.0.0.1'] })],
];

export const keyTests: readonly LatchkeyTest[] = [
  ['a key is shown as it was made, and its token nowhere but in the answer that makes it', showsWhatWasMade],
  ['each field of a key that cannot be is named by its place, and nothing is made', namesFields],
  ['an expiry that cannot be read, or has passed, is refused of a new key and of a changed one', readsExpiries],
  ['a changed key keeps to what a new one must: it begins before it expires, and an operator token has a scope', keepsToWhatNewKeysMust],
  ['a tier that there is not is refused', needsTiers],
  ['the number of keys of an owner holds when all are made at once', holdsNumbers, { maxKeysPerOwner: 5 }],
  ['a request that is repeated with its idempotency key is answered as the first, and makes no second key', repeats],
  ['an idempotency key is good for one request', refusesReuse],
  ['an idempotency key that can be guessed keeps no token', keepsNoToken],
  ['a description of a key and of an owner: lines kept in one normal form, null takes it away, and the log has both', describes],
  ['a change is made of the fields that are given and of no other, and names those that cannot be', changesFields],
  ['a balance never passes its maximum, however many add to it at once', boundsBalances],
  ['a rotated key keeps id, scopes, limits, credits and usage; both tokens work for the grace, then the new one alone', rotates],
  ['a rotation without a grace ends every older token at once, also one whose grace was running', rotatesAtOnce],
  ['a grace is never lengthened, nor does one reach beyond the expiry of the key', boundsGraces],
  ['of 50 rotations of one secret at once one wins; the others conflict and leave nothing', rotatesOnce],
  ['a rotation that was meant for another secret conflicts', rotatesWhatIsMeant],
  ['a rotation that is repeated with its idempotency key is one rotation', repeatsRotations],
  ['a key has at most 5 valid tokens: a rotation that would leave more conflicts, one without a grace ends all others', boundsSecrets],
  ['nothing brings back a key that was revoked or has expired, and a rotation enables none', resurrectsNothing],
  ...takingAway(),
  ['a key that is revoked twice keeps the first reason, and all of an owner are revoked in whatever state', revokesAgain],
  ['enabling and resuming bring back what disabling and suspending took', undoes],
];

async function expireSoon(admin: Administration, id: string, clock: Subject['clock']): ReturnType<TakeAway> {
  const changed = await admin.keys.update(id, { expiresAt: '2026-01-01T00:00:00.001Z' });
  await clock.advance(1);
  return changed;
}

async function showsWhatWasMade({ admin }: Subject): Promise<void> {
  const input = { name: 'CI', owner: 'ada', environment: 'test', scopes: ['a:*'], expiresIn: '90d', metadata: { a: { b: [1] } } };
  const { key, token, replayed } = await admin.keys.create(input);
  assert.match(textOf(token), /^lk_test_/);
  assert.equal(replayed, false);
  assert.deepEqual([key.status, key.createdBy, key.daysUntilExpiry, key.expiresAt], ['active', 'admin', 90, '2026-04-01T00:00:00.000Z']);
  assert.equal(key.hint, `lk_test_…${textOf(token).slice(-4)}`);
  const shown = await admin.keys.get(key.id);
  assert.deepEqual(shown, key);
  assert.deepEqual((await admin.keys.list()).data, [key]);
  assert.ok(!JSON.stringify([shown, await admin.events.list()]).includes(textOf(token)));
}

async function namesFields({ admin }: Subject): Promise<void> {
  const wrong: readonly (readonly [pointer: string, fields: object])[] = [
    ['/name', { name: 'evil\u202Ename' }],
    ['/name', { name: 'n'.repeat(101) }],
    ['/description', { description: '' }],
    ['/description', { description: ' \n ' }],
    ['/description', { description: 'n'.repeat(501) }],
    ['/description', { description: 'a\tb' }],
    ['/description', { description: 'evil\u202Ename' }],
    ['/owner', { owner: '' }],
    ['/owner', { owner: 'a\u0007' }],
    ['/tier', { tier: 'none!' }],
    ['/environment', { environment: 'prod' }],
    ['/scopes/1', { scopes: ['a:read', 'Articles'] }],
    ['/expiresAt', { expiresAt: '2026-02-30T00:00:00Z' }],
    ['/notBefore', { notBefore: 'soon' }],
    ['/ipRules/0', { ipRules: ['10.0.0.1/8'] }],
    ['/limits/0/window', { limits: [{ name: 'x', limit: 1 }] }],
    ['/limits/0/limit', { limits: [{ name: 'x', limit: 0, window: '1h' }] }],
    ['/metadata', { metadata: JSON.parse('{"a":{"__proto__":1}}') as object }],
    ['/credits/remaining', { credits: { remaining: -1 } }],
    ['/credits/refill/every', { credits: { remaining: 1, refill: { amount: 1, every: 'never' } } }],
  ];
  for (const [pointer, fields] of wrong) await refusesInput(admin.keys.create({ name: 'k', owner: 'ada', ...fields }), pointer);
  assert.deepEqual((await admin.keys.list()).data, []);
  assert.equal(await admin.events.head(), null);
}

async function readsExpiries({ admin, issue }: Subject): Promise<void> {
  const wrong: readonly (readonly [pointer: string, expiry: object])[] = [
    ['/expiresAt', { expiresAt: 'tomorrow' }],
    ['/expiresAt', { expiresAt: '2026-13-01' }],
    ['/expiresAt', { expiresAt: '2026-01-01T00:00:00Z' }],
    ['/expiresAt', { expiresAt: '2025-06-01T00:00:00Z' }],
    ['/expiresIn', { expiresIn: 'soon' }],
    ['/expiresIn', { expiresIn: 0 }],
    ['/expiresIn', { expiresIn: -5 }],
    ['/expiresIn', { expiresIn: '90' }],
    ['/expiresIn', { expiresAt: '2027-01-01T00:00:00Z', expiresIn: '90d' }],
    ['/notBefore', { expiresIn: '1h', notBefore: '2026-01-01T01:00:00Z' }],
  ];
  for (const [pointer, expiry] of wrong) await refusesInput(admin.keys.create({ name: 'k', owner: 'ada', ...expiry }), pointer);
  assert.deepEqual((await admin.keys.list()).data, []);
  const { id, token } = await issue({ expiresIn: '1h' });
  for (const [pointer, expiry] of wrong) await refusesInput(admin.keys.update(id, expiry), pointer);
  assert.equal((await admin.keys.get(id)).expiresAt, '2026-01-01T01:00:00.000Z');
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
}

async function keepsToWhatNewKeysMust({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue({ expiresIn: '2h', notBefore: '2026-01-01T01:00:00Z' });
  await refusesInput(admin.keys.update(id, { notBefore: '2026-01-01T02:00:00Z' }), '/notBefore');
  await refusesInput(admin.keys.update(id, { expiresAt: '2026-01-01T01:00:00Z' }), '/expiresAt');
  await refusesInput(admin.keys.update(id, { expiresIn: '1h' }), '/expiresIn');
  await admin.keys.update(id, { expiresIn: '1h', notBefore: null });
  const { key } = await admin.keys.update(id, { notBefore: '2026-01-01T00:59:59.999Z' });
  assert.deepEqual([key.notBefore, key.expiresAt], ['2026-01-01T00:59:59.999Z', '2026-01-01T01:00:00.000Z']);
  const operator = await issue({ owner: 'ops', environment: 'operator', scopes: ['keys:verify'] });
  await refusesInput(admin.keys.update(operator.id, { scopes: [] }), '/scopes');
}

async function needsTiers({ admin, issue }: Subject): Promise<void> {
  await refusesInput(admin.keys.create({ name: 'k', owner: 'ada', tier: 'gold' }), '/tier');
  const { id } = await issue();
  await refusesInput(admin.keys.update(id, { tier: 'gold' }), '/tier');
}

async function holdsNumbers({ admin, clock }: Subject): Promise<void> {
  const create = () => admin.keys.create({ name: 'k', owner: 'ada', expiresIn: '1h' });
  const results = await atOnceSettled(40, create);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
  for (const result of results) if (result.status === 'rejected') await conflicts(Promise.reject(result.reason as Error), 'too_many_keys');
  await admin.owners.update('ada', { maxKeys: 6 });
  await create();
  await conflicts(create(), 'too_many_keys');
  await clock.advance(HOUR_MS);
  await create();
}

async function repeats({ admin, clock }: Subject): Promise<void> {
  const create = () => admin.keys.create({ name: 'k', owner: 'ada' }, { idempotencyKey: UUID });
  const first = await create();
  for (const { key, token, replayed } of await atOnce(10, create)) {
    assert.deepEqual([key.id, textOf(token), replayed], [first.key.id, textOf(first.token), true]);
  }
  assert.equal((await admin.keys.list()).data.length, 1);
  await clock.advance(10 * 60_000);
  const late = await create();
  assert.deepEqual([late.key.id, late.token, late.replayed], [first.key.id, null, true]);
  await clock.advance(24 * HOUR_MS);
  assert.notEqual((await create()).key.id, first.key.id);
}

async function refusesReuse({ admin, operatorWith }: Subject): Promise<void> {
  const { key } = await admin.keys.create({ name: 'k', owner: 'ada' }, { idempotencyKey: UUID });
  await conflicts(admin.keys.create({ name: 'other', owner: 'ada' }, { idempotencyKey: UUID }), 'idempotency_key_reused');
  await conflicts(admin.keys.rotate(key.id, {}, { idempotencyKey: UUID }), 'idempotency_key_reused');
  // Of somebody else the same one is another.
  const { by } = await operatorWith(['keys:write']);
  const other = await by.keys.create({ name: 'k', owner: 'ada' }, { idempotencyKey: UUID });
  assert.equal(other.replayed, false);
  assert.notEqual(other.key.id, key.id);
}

async function keepsNoToken({ admin }: Subject): Promise<void> {
  const create = () => admin.keys.create({ name: 'k', owner: 'ada' }, { idempotencyKey: 'order-1' });
  const [first, again] = [await create(), await create()];
  assert.notEqual(first.token, null);
  assert.deepEqual([again.key.id, again.token, again.replayed], [first.key.id, null, true]);
}

async function describes({ admin }: Subject): Promise<void> {
  const { key } = await admin.keys.create({ name: 'k', owner: 'ada', description: ' Cafe\u0301\r\n\r\nAsk Ada.\r' });
  assert.equal(key.description, 'Caf\u00e9\n\nAsk Ada.');
  assert.equal((await admin.keys.update(key.id, { name: 'renamed' })).key.description, key.description);
  assert.equal((await admin.keys.update(key.id, { description: null })).key.description, null);
  assert.equal((await admin.keys.create({ name: 'k', owner: 'ada' })).key.description, null);
  assert.equal((await admin.owners.get('ada')).description, null);
  assert.equal((await admin.owners.update('ada', { description: 'Pays late.\nSays so.' })).owner.description, 'Pays late.\nSays so.');
  assert.equal((await admin.owners.update('ada', { description: null })).owner.description, null);
  await refusesInput(admin.owners.update('ada', { description: '' }), '/description');
  const { data } = await admin.events.list({ order: 'oldest' });
  assert.deepEqual(
    data.map(({ before, after }) => [before?.['description'], after?.['description']]),
    [
      [undefined, 'Caf\u00e9\n\nAsk Ada.'],
      [undefined, undefined],
      ['Caf\u00e9\n\nAsk Ada.', null],
      [undefined, null],
      [null, 'Pays late.\nSays so.'],
      ['Pays late.\nSays so.', null],
    ],
  );
}

async function changesFields({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue({ scopes: ['a:read'], metadata: { plan: 1 } });
  const before = await admin.keys.get(id);
  const { key } = await admin.keys.update(id, { name: 'renamed', credits: { remaining: 7 } });
  const credits = { remaining: 7, refill: null, nextRefillAt: null };
  assert.deepEqual(key, { ...before, name: 'renamed', credits, version: before.version + 1 });
  assert.equal((await admin.keys.update(id, { credits: { add: -2 } })).key.credits?.remaining, 5);
  assert.equal((await admin.keys.update(id, { credits: null })).key.credits, null);
  await refusesInput(admin.keys.update(id, { name: '' }), '/name');
  await refusesInput(admin.keys.update(id, { scopes: ['nonsense'] }), '/scopes/0');
  await refusesInput(admin.keys.update(id, { expiresIn: 'soon' }), '/expiresIn');
  assert.deepEqual((await admin.keys.get(id)).metadata, { plan: 1 });
}

async function boundsBalances({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue({ credits: { remaining: 1e12 - 10 } });
  await refusesInput(admin.keys.update(id, { credits: { add: 11 } }), '/credits/add');
  await refusesInput(admin.keys.update(id, { credits: { remaining: 1e12 + 1 } }), '/credits/remaining');
  await refusesInput(admin.keys.update(id, { credits: { add: -1e12 - 1 } }), '/credits/add');
  const results = await atOnceSettled(5, () => admin.keys.update(id, { credits: { add: 4 } }));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
  assert.equal((await admin.keys.get(id)).credits?.remaining, 1e12 - 2);
  assert.equal((await admin.keys.update(id, { credits: { add: 2 } })).key.credits?.remaining, 1e12);
}

async function rotates({ admin, issue, clock }: Subject): Promise<void> {
  const limits = [{ name: 'daily', limit: 10, window: '1d' }];
  const { id, token } = await issue({ scopes: ['a:read'], limits, credits: { remaining: 10 } });
  await admin.verify(token);
  const rotated = await admin.keys.rotate(id, { grace: '1h' });
  const next = textOf(rotated.token);
  assert.deepEqual([rotated.key.id, rotated.key.scopes], [id, ['a:read']]);
  assert.deepEqual(
    rotated.key.secrets.map(({ validUntil }) => validUntil),
    [null, '2026-01-01T01:00:00.000Z'],
  );
  assert.deepEqual(await codesOf(admin, [token, next]), ['valid', 'valid']);
  const verdict = await admin.verify(next);
  assert.ok(verdict.valid);
  assert.deepEqual([verdict.secretId, verdict.credits, verdict.limits[0]?.remaining], [rotated.key.secrets[0]?.id, 6, 6]);
  await clock.advance(HOUR_MS - 1);
  assert.deepEqual(await codesOf(admin, [token, next]), ['valid', 'valid']);
  await clock.advance(1);
  assert.deepEqual(await codesOf(admin, [token, next]), ['revoked', 'valid']);
}

async function rotatesAtOnce({ admin, issue }: Subject): Promise<void> {
  const { id, token } = await issue();
  const second = textOf((await admin.keys.rotate(id, { grace: '7d' })).token);
  assert.deepEqual(await codesOf(admin, [token, second]), ['valid', 'valid']);
  const third = textOf((await admin.keys.rotate(id)).token);
  assert.deepEqual(await codesOf(admin, [token, second, third]), ['revoked', 'revoked', 'valid']);
}

async function boundsGraces({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue({ expiresIn: '2h' });
  await admin.keys.rotate(id, { grace: '1h' });
  const { key } = await admin.keys.rotate(id, { grace: '30d' });
  assert.deepEqual(
    key.secrets.map(({ validUntil }) => validUntil),
    [null, '2026-01-01T02:00:00.000Z', '2026-01-01T01:00:00.000Z'],
  );
  await refusesInput(admin.keys.rotate(id, { grace: 'a while' }), '/grace');
}

async function rotatesOnce({ admin, issue }: Subject): Promise<void> {
  const { id, token, secretId } = await issue();
  const results = await atOnceSettled(50, () => admin.keys.rotate(id, { currentSecretId: secretId }));
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  assert.equal(won.length, 1);
  for (const result of results) {
    if (result.status === 'rejected') await conflicts(Promise.reject(result.reason as Error), 'rotated_meanwhile');
  }
  assert.deepEqual(await codesOf(admin, [token, textOf(won[0]?.token ?? null)]), ['revoked', 'valid']);
  assert.equal((await admin.keys.get(id)).secrets.length, 2);
}

async function rotatesWhatIsMeant({ admin, issue }: Subject): Promise<void> {
  const { id, secretId } = await issue();
  await admin.keys.rotate(id, { currentSecretId: secretId });
  await conflicts(admin.keys.rotate(id, { currentSecretId: secretId }), 'rotated_meanwhile');
}

async function repeatsRotations({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue();
  const rotate = () => admin.keys.rotate(id, { grace: '1h' }, { idempotencyKey: UUID });
  const [first, again] = [await rotate(), await rotate()];
  assert.deepEqual([textOf(again.token), again.replayed], [textOf(first.token), true]);
  assert.equal(again.key.secrets.length, 2);
}

async function boundsSecrets({ admin, issue, clock }: Subject): Promise<void> {
  const { id, token } = await issue();
  const rotate = async (grace: string) => {
    await clock.advance(1);
    return textOf((await admin.keys.rotate(id, { grace })).token);
  };
  const tokens = [token];
  for (const grace of ['4h', '3h', '2h', '1h']) tokens.push(await rotate(grace));
  await conflicts(admin.keys.rotate(id, { grace: '1s' }), 'too_many_secrets');
  await admin.keys.retireSecret(id, (await admin.keys.get(id)).secrets[4]?.id ?? '');
  tokens.push(await rotate('30m'));
  await conflicts(rotate('30m'), 'too_many_secrets');
  assert.equal(new Set(await codesOf(admin, tokens.slice(1))).size, 1);
  await clock.advance(HOUR_MS);
  tokens.push(await rotate('1h'), await rotate('0s'));
  assert.deepEqual(await codesOf(admin, tokens), [...tokens.slice(1).map(() => 'revoked'), 'valid']);
}

async function resurrectsNothing({ admin, issue, clock }: Subject): Promise<void> {
  const [revoked, expired, disabled] = [await issue(), await issue({ expiresIn: 1000 }), await issue()];
  await admin.keys.revoke(revoked.id);
  await admin.keys.disable(disabled.id);
  await clock.advance(1000);
  await conflicts(admin.keys.rotate(revoked.id), 'key_revoked');
  await conflicts(admin.keys.enable(revoked.id), 'key_revoked');
  await conflicts(admin.keys.update(revoked.id, { expiresAt: null }), 'key_revoked');
  await conflicts(admin.keys.rotate(expired.id), 'key_expired');
  await conflicts(admin.keys.enable(expired.id), 'key_expired');
  await conflicts(admin.keys.update(expired.id, { expiresAt: null }), 'key_expired');
  const { key, token } = await admin.keys.rotate(disabled.id);
  assert.equal(key.status, 'disabled');
  assert.deepEqual(await codesOf(admin, [textOf(token), revoked.token, expired.token]), ['disabled', 'revoked', 'expired']);
}

function takingAway(): readonly LatchkeyTest[] {
  return WAYS.map(([what, code, take]) => [
    `${what} is in force when it is answered, for a token that was good a moment before and for calls at once`,
    async ({ admin, issue, clock }) => {
      const { id, token } = await issue({ scopes: ['a:read'] });
      const ask = async (): Promise<string> => (await admin.verify(token, { scopes: ['a:read'], ip: '192.0.2.1' })).code;
      assert.equal(await ask(), 'valid');
      const { propagation } = await take(admin, id, clock);
      assert.deepEqual(propagation, { applied: 1, lapsed: 0, pending: [] });
      assert.deepEqual([...new Set(await atOnce(10, ask))], [code]);
    },
  ]);
}

async function revokesAgain({ admin, issue }: Subject): Promise<void> {
  const [first, second] = [await issue(), await issue()];
  await admin.keys.revoke(first.id, { reason: 'leaked' });
  const { key } = await admin.keys.revoke(first.id, { reason: 'other' });
  assert.deepEqual([key.status, key.revokedReason, key.revokedBy], ['revoked', 'leaked', 'admin']);
  await admin.keys.disable(second.id);
  const { revoked, owner } = await admin.owners.revokeAll('ada');
  assert.deepEqual([revoked, owner.keys], [1, { total: 2, live: 0 }]);
  assert.equal((await admin.owners.revokeAll('ada')).revoked, 0);
}

async function undoes({ admin, issue }: Subject): Promise<void> {
  const { id, token } = await issue();
  assert.equal((await admin.keys.disable(id)).key.status, 'disabled');
  assert.equal((await admin.keys.enable(id)).key.status, 'active');
  await admin.owners.suspend('ada', { reason: 'unpaid' });
  assert.equal((await admin.keys.get(id)).status, 'suspended');
  assert.equal((await admin.owners.get('ada')).suspendedReason, 'unpaid');
  await admin.owners.resume('ada');
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
}
