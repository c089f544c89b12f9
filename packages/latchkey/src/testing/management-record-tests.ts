/** What is kept and shown: lists, owners, tiers and the log; and who may do what. */
import assert from 'node:assert/strict';
import type { KeyPage, ListKeysQuery } from '../engine/api/index.js';
import { conflicts, isForbidden, isMissing, refusesInput, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

const DAILY = [{ name: 'daily', limit: 1, window: '1d' }];
const CONFIGURED = { tiers: { free: DAILY } };

export const recordTests: readonly LatchkeyTest[] = [
  ['keys are listed by creation or by name, both ways, page by page; an order that cannot be fast is refused', sortsKeys],
  ['what does not exist is missing, by its kind, whatever is asked of it', misses],
  ['a list has every key once, the newest first, page by page, and refuses a cursor of another list', pages],
  ['keys are found by owner, tier, environment, status and a part of the name', filters, CONFIGURED],
  ['tags: kept in lower case and once each, replaced by a change, in the log, and a list finds the keys that have all of them', keepsTags],
  [
    'a filter by metadata finds the keys that have each of its fields, by the text of the value, and names what it cannot be',
    findsByMetadata,
  ],
  ['a hint finds its key as it is shown, and by its end, also once the key was rotated', findsByHint],
  ['an owner has the id that the host gives it, whatever characters it has, and is found by a part of it', namesOwners],
  ['an owner keeps what it is given, with how many keys it has', keepsOwners],
  ['a tier is made, replaced, listed, and removed once no key has it', keepsTiers],
  ['a tier of the configuration is changed there alone', guardsTiers, CONFIGURED],
  ['an operator mints no more than it holds: neither scopes, nor time, nor addresses', boundsOperators],
  ['an operator gets no token of a stronger one by rotating, changing or enabling its key', guardsOperators],
  ['an operator whose token was revoked does nothing any more', endsOperators],
  ['an operator is told which scope it lacks', namesScopes],
  ['the log has one entry for each change, chained, with who, what, before and after, and no secret', logs],
  ['the log is read by action, key, owner and actor, in either order', filtersLog],
  ['figures that cannot be asked for are named by their place', refusesQueries],
  ['a service or an engine that can do its work is ready, and says so', async ({ admin }) => admin.ready()],
];

async function misses({ admin }: Subject): Promise<void> {
  const { keys, owners, tiers } = admin;
  for (const call of [
    () => keys.get('key_none'),
    () => keys.update('key_none', { name: 'x' }),
    () => keys.rotate('key_none'),
    () => keys.revoke('key_none'),
    () => keys.disable('key_none'),
    () => keys.enable('key_none'),
  ]) {
    await isMissing(call(), 'key');
  }
  for (const call of [
    () => owners.get('nobody'),
    () => owners.suspend('nobody'),
    () => owners.resume('nobody'),
    () => owners.revokeAll('nobody'),
  ]) {
    await isMissing(call(), 'owner');
  }
  for (const call of [() => tiers.get('none'), () => tiers.remove('none')]) await isMissing(call(), 'tier');
  assert.equal(await admin.events.head(), null);
}

async function pages({ admin, issue, clock }: Subject): Promise<void> {
  const ids: string[] = [];
  for (let i = 0; i < 25; i++) {
    ids.unshift((await issue({ owner: i % 2 === 0 ? 'bob' : 'ada' })).id);
    await clock.advance(1);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await admin.keys.list({ limit: 10, cursor });
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(seen, ids);
  const { nextCursor } = await admin.keys.list({ limit: 10 });
  await refusesInput(admin.keys.list({ owner: 'ada', cursor: nextCursor ?? '' }), '/cursor');
  await refusesInput(admin.events.list({ cursor: nextCursor ?? '' }), '/cursor');
  await refusesInput(admin.keys.list({ cursor: 'nonsense' }), '/cursor');
  await refusesInput(admin.keys.list({ limit: 0 }), '/limit');
  await refusesInput(admin.keys.list({ limit: 101 }), '/limit');
}

async function filters({ admin, issue, clock }: Subject): Promise<void> {
  const alpha = await issue({ name: 'Alpha build', tier: 'free' });
  const beta = await issue({ name: 'beta', environment: 'test', owner: 'bob' });
  const gamma = await issue({ name: 'gamma', notBefore: '2027-01-01' });
  const delta = await issue({ name: 'delta', expiresIn: 1000 });
  const late = await issue({ name: 'late', owner: 'late-payer' });
  await admin.keys.disable(beta.id);
  await admin.owners.suspend('late-payer');
  const ids = async (query: object): Promise<string[]> => (await admin.keys.list(query)).data.map(({ id }) => id);
  await clock.advance(1000);
  assert.deepEqual(await ids({ tier: 'free' }), [alpha.id]);
  assert.deepEqual(await ids({ owner: 'bob' }), [beta.id]);
  assert.deepEqual(await ids({ environment: 'test' }), [beta.id]);
  assert.deepEqual(await ids({ status: 'active' }), [alpha.id]);
  assert.deepEqual(await ids({ status: 'disabled' }), [beta.id]);
  assert.deepEqual(await ids({ status: 'scheduled' }), [gamma.id]);
  assert.deepEqual(await ids({ status: 'expired' }), [delta.id]);
  assert.deepEqual(await ids({ status: 'suspended' }), [late.id]);
  assert.deepEqual(await ids({ search: 'ALPHA' }), [alpha.id]);
  assert.deepEqual(await ids({ search: gamma.id }), [gamma.id]);
  assert.deepEqual(await ids({ search: '100%' }), []);
}

async function keepsTags({ admin, issue, clock }: Subject): Promise<void> {
  const both = await issue({ tags: ['Team:Payments', 'old', 'team:payments', 'a/b.c_d-1'] });
  await clock.advance(1);
  const one = await issue({ tags: ['old'] });
  const none = await issue();
  assert.deepEqual((await admin.keys.get(both.id)).tags, ['a/b.c_d-1', 'old', 'team:payments']);
  assert.deepEqual((await admin.keys.get(none.id)).tags, []);
  const ids = async (query: object): Promise<string[]> => (await admin.keys.list(query)).data.map(({ id }) => id);
  assert.deepEqual(await ids({ tags: ['OLD'] }), [one.id, both.id]);
  assert.deepEqual(await ids({ tags: ['old', 'team:payments'] }), [both.id]);
  assert.equal((await admin.keys.list({ tags: ['old'] })).total, 2);
  const { nextCursor } = await admin.keys.list({ tags: ['old'], limit: 1 });
  assert.deepEqual(await ids({ tags: ['old'], limit: 1, cursor: nextCursor }), [both.id]);
  await refusesInput(admin.keys.list({ tags: ['other'], cursor: nextCursor }), '/cursor');
  assert.deepEqual((await admin.keys.update(both.id, { name: 'renamed' })).key.tags, ['a/b.c_d-1', 'old', 'team:payments']);
  assert.deepEqual((await admin.keys.update(both.id, { tags: ['new'] })).key.tags, ['new']);
  assert.deepEqual([await ids({ tags: ['old'] }), await ids({ tags: ['new'] })], [[one.id], [both.id]]);
  assert.deepEqual((await admin.keys.update(one.id, { tags: [] })).key.tags, []);
  const [last, before] = (await admin.events.list({ action: 'key.updated' })).data;
  assert.deepEqual([last?.before, last?.after], [{ tags: ['old'] }, { tags: [] }]);
  assert.deepEqual(before?.after, { tags: ['new'] });
  const many = Array.from({ length: 20 }, (_, number) => `tag-${number}`);
  await admin.keys.update(none.id, { tags: many });
  assert.deepEqual(await ids({ tags: many }), [none.id]);
  for (const tags of [['a b'], [''], ['-a'], ['é'], ['x'.repeat(51)]]) await refusesInput(admin.keys.update(none.id, { tags }), '/tags/0');
  await refusesInput(admin.keys.update(none.id, { tags: [...many, 'one-more'] }), '/tags');
  await refusesInput(admin.keys.list({ tags: ['a b'] }), '/tags/0');
}

async function findsByMetadata({ admin, issue, clock }: Subject): Promise<void> {
  const one = await issue({ metadata: { team: 'payments', seats: 5, 'a.b': true } });
  await clock.advance(1);
  const two = await issue({ metadata: { team: 'payments', seats: '5' }, owner: 'bob' });
  await issue({ metadata: { other: { team: 'payments' } } });
  const ids = async (query: object): Promise<string[]> => (await admin.keys.list(query)).data.map(({ id }) => id);
  assert.deepEqual(await ids({ metadata: { team: 'payments' } }), [two.id, one.id]);
  assert.deepEqual(await ids({ metadata: { seats: 5 } }), [two.id, one.id]);
  assert.deepEqual(await ids({ metadata: { seats: '5', team: 'payments', 'a.b': true } }), [one.id]);
  assert.deepEqual(await ids({ metadata: { team: 'payments' }, owner: 'bob' }), [two.id]);
  assert.deepEqual(await ids({ metadata: { team: 'Payments' } }), []);
  const { nextCursor, total } = await admin.keys.list({ metadata: { team: 'payments' }, limit: 1 });
  assert.equal(total, undefined);
  assert.deepEqual(await ids({ metadata: { team: 'payments' }, limit: 1, cursor: nextCursor }), [one.id]);
  await refusesInput(admin.keys.list({ metadata: { team: 'other' }, cursor: nextCursor }), '/cursor');
  for (const metadata of [{ a: 1, b: 1, c: 1, d: 1 }, { 'a"b': 1 }, { ['n'.repeat(65)]: 1 }, { a: 'x'.repeat(257) }]) {
    await refusesInput(admin.keys.list({ metadata }), '/metadata');
  }
}

async function findsByHint({ admin, issue }: Subject): Promise<void> {
  const { id, token: old } = await issue({ name: 'Rotated' });
  await issue({ name: 'Another' });
  const { hint } = await admin.keys.get(id);
  const { token } = await admin.keys.rotate(id, { grace: '1h' });
  const ids = async (search: string): Promise<string[]> => (await admin.keys.list({ search })).data.map((key) => key.id);
  for (const search of [hint, hint.slice(-4), `…${hint.slice(-4)}`]) assert.deepEqual(await ids(search), [id], search);
  const current = token.reveal();
  for (const search of [old, current, `Bearer ${old} `]) assert.deepEqual(await ids(search), [id]);
  assert.deepEqual(await ids(`${hint}x`), []);
  assert.deepEqual(await ids(hint.replace('…', '')), []);
}

async function namesOwners({ admin }: Subject): Promise<void> {
  for (const id of ['a/b', 'a%2Fb', 'user@example.com', 'a?b#c', 'é', '..x', 'auth0|1234', 'a+b']) {
    assert.equal((await admin.owners.update(id, { name: 'An owner', maxKeys: 3 })).owner.id, id);
    assert.equal((await admin.owners.get(id)).maxKeys, 3);
  }
  const found = await admin.owners.list({ search: 'auth0' });
  assert.deepEqual([found.data.map(({ id }) => id), found.nextCursor], [['auth0|1234'], null]);
}

async function keepsOwners({ admin, issue }: Subject): Promise<void> {
  await issue();
  const { id } = await issue();
  await admin.keys.revoke(id);
  const limits = [{ name: 'shared', limit: 5, window: '1h' }];
  await admin.owners.update('ada', { name: 'Ada', limits, maxKeys: 3, metadata: { plan: 'yearly' } });
  const owner = await admin.owners.get('ada');
  assert.deepEqual([owner.name, owner.status, owner.maxKeys, owner.metadata], ['Ada', 'active', 3, { plan: 'yearly' }]);
  assert.deepEqual(owner.limits, [{ name: 'shared', limit: 5, windowMs: 3_600_000, algorithm: 'fixed-window' }]);
  assert.deepEqual(owner.keys, { total: 2, live: 1 });
  await refusesInput(admin.owners.update('ada', { maxKeys: -1 }), '/maxKeys');
  await refusesInput(admin.owners.update('ada', { limits: [{ name: 'x', limit: 1, window: 'soon' }] }), '/limits/0/window');
}

async function keepsTiers({ admin, issue }: Subject): Promise<void> {
  const hourly = [{ name: 'hourly', limit: 10, window: '1h' }];
  await admin.tiers.put('pro', { limits: DAILY });
  const { propagation, ...tier } = await admin.tiers.put('pro', { limits: hourly });
  assert.deepEqual(propagation.pending, []);
  assert.deepEqual([tier.name, tier.configured, tier.keys], ['pro', false, 0]);
  assert.deepEqual(tier.limits, [{ name: 'hourly', limit: 10, windowMs: 3_600_000, algorithm: 'fixed-window' }]);
  assert.deepEqual(await admin.tiers.list(), [tier]);
  const { id } = await issue({ tier: 'pro' });
  assert.equal((await admin.tiers.get('pro')).keys, 1);
  await conflicts(admin.tiers.remove('pro'), 'tier_in_use');
  await admin.keys.revoke(id);
  assert.equal(await admin.tiers.remove('pro'), undefined);
  await isMissing(admin.tiers.get('pro'), 'tier');
  await refusesInput(admin.tiers.put('pro', { limits: [{ name: 'x', limit: 1 }] }), '/limits/0/window');
}

async function guardsTiers({ admin }: Subject): Promise<void> {
  assert.equal((await admin.tiers.get('free')).configured, true);
  await conflicts(admin.tiers.put('free', { limits: [] }), 'tier_is_configured');
  await conflicts(admin.tiers.remove('free'), 'tier_is_configured');
}

async function boundsOperators({ admin, operatorWith }: Subject): Promise<void> {
  // Whatever way it comes, within the machine.
  const ipRules = ['127.0.0.0/8', '::1'];
  const { by } = await operatorWith(['keys:write', 'keys:read'], { expiresIn: '1d', ipRules });
  const minted = { name: 'k', owner: 'ada', environment: 'operator', scopes: ['keys:read'], expiresIn: '1h', ipRules };
  await isForbidden(by.keys.create({ ...minted, scopes: ['*:*'] }), ['*:*']);
  await isForbidden(by.keys.create({ ...minted, scopes: ['events:read'] }), ['events:read']);
  await isForbidden(by.keys.create({ ...minted, expiresIn: '2d' }));
  await isForbidden(by.keys.create({ ...minted, expiresIn: undefined }));
  await isForbidden(by.keys.create({ ...minted, ipRules: [] }));
  await isForbidden(by.keys.create({ ...minted, ipRules: ['10.0.0.1'] }));
  await by.keys.create(minted);
  // What opens other doors than Latchkey's own is not bounded.
  await by.keys.create({ name: 'k', owner: 'ada', scopes: ['articles:*'] });
  assert.equal((await admin.keys.list({ owner: 'ada' })).data.length, 2);
}

async function guardsOperators({ admin, issue, operatorWith }: Subject): Promise<void> {
  const strong = await issue({ environment: 'operator', scopes: ['*:*'] });
  const weak = await operatorWith(['keys:write']);
  await isForbidden(weak.by.keys.rotate(strong.id));
  await isForbidden(weak.by.keys.update(strong.id, { name: 'mine' }));
  await isForbidden(weak.by.keys.update(weak.id, { scopes: ['*:*'] }));
  await admin.keys.disable(strong.id);
  await isForbidden(weak.by.keys.enable(strong.id));
}

async function endsOperators({ admin, operatorWith }: Subject): Promise<void> {
  const { id, by } = await operatorWith(['keys:write', 'keys:read']);
  await by.keys.create({ name: 'k', owner: 'ada' });
  await admin.keys.revoke(id);
  await isForbidden(by.keys.create({ name: 'k', owner: 'ada' }));
  assert.equal((await admin.keys.list({ owner: 'ada' })).data.length, 1);
}

async function namesScopes({ issue, operatorWith }: Subject): Promise<void> {
  const { id } = await issue();
  const { by } = await operatorWith(['keys:read']);
  await isForbidden(by.keys.revoke(id), ['keys:write']);
  await isForbidden(by.tiers.put('pro', { limits: [] }), ['tiers:write']);
  await isForbidden(by.owners.suspend('ada'), ['owners:write']);
}

async function logs({ admin, issue }: Subject): Promise<void> {
  const { id, token } = await issue();
  await admin.keys.update(id, { name: 'renamed', scopes: ['a:b'] });
  // Nothing changes, and so nothing is logged.
  await admin.keys.update(id, { name: 'renamed' });
  await admin.keys.rotate(id);
  await admin.keys.revoke(id, { reason: 'done' });
  const { data } = await admin.events.list({ key: id, order: 'oldest' });
  assert.deepEqual(
    data.map((event) => [event.seq, event.action, event.owner, event.reason]),
    [
      [1, 'key.created', 'ada', null],
      [2, 'key.updated', 'ada', null],
      [3, 'key.rotated', 'ada', null],
      [4, 'key.revoked', 'ada', 'done'],
    ],
  );
  const [, updated] = data;
  assert.deepEqual([updated?.actor, updated?.at], [{ type: 'admin', id: 'admin' }, '2026-01-01T00:00:00.000Z']);
  assert.deepEqual(
    [updated?.before, updated?.after],
    [
      { name: 'a key', scopes: [] },
      { name: 'renamed', scopes: ['a:b'] },
    ],
  );
  data.slice(1).forEach((event, index) => assert.equal(event.previousHash, data[index]?.hash));
  assert.ok(!JSON.stringify(data).includes(token));
  const head = await admin.events.head();
  assert.ok(head);
  assert.deepEqual(head, { seq: 4, hash: data[3]?.hash });
  assert.deepEqual(await admin.events.verify(), { intact: true, entries: 4, head, broken: null, archived: null, complete: true });
  assert.equal((await admin.events.verify({ expect: head })).intact, true);
  const cut = await admin.events.verify({ expect: { seq: 5, hash: head.hash } });
  assert.deepEqual([cut.intact, cut.broken?.seq], [false, 5]);
}

async function filtersLog({ admin, issue, operatorWith }: Subject): Promise<void> {
  const { id } = await issue();
  const { id: operatorId, by } = await operatorWith(['keys:write']);
  await by.keys.disable(id);
  const actions = async (query: object): Promise<string[]> => (await admin.events.list(query)).data.map(({ action }) => action);
  assert.deepEqual(await actions({ key: id }), ['key.disabled', 'key.created']);
  assert.deepEqual(await actions({ key: id, order: 'oldest' }), ['key.created', 'key.disabled']);
  assert.deepEqual(await actions({ owner: 'ops' }), ['key.created']);
  assert.deepEqual(await actions({ actor: operatorId }), ['key.disabled']);
  assert.deepEqual(await actions({ action: 'key.disabled' }), ['key.disabled']);
}

async function refusesQueries({ admin }: Subject): Promise<void> {
  await refusesInput(admin.usage.read({ from: 'yesterday' }), '/from');
  await refusesInput(admin.usage.read({ until: 'now' }), '/until');
  await refusesInput(admin.events.list({ from: '2026-01-02', until: '2026-01-01' }), '/from');
  await refusesInput(admin.usage.read({ tier: 'free', owner: 'acme' }), '/tier');
  await refusesInput(admin.usage.read({ tier: 'free', key: 'key_a' }), '/tier');
}

async function sortsKeys({ admin, issue, clock }: Subject): Promise<void> {
  const names = ['beta', 'Alpha', 'gamma', 'alpha', 'Beta'];
  for (const name of names) {
    await issue({ name });
    await clock.advance(1);
  }
  const listed = async (query: ListKeysQuery): Promise<readonly string[]> => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: KeyPage = await admin.keys.list({ ...query, limit: 2, cursor });
      seen.push(...page.data.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== null && seen.length <= names.length);
    return seen;
  };
  const ids = (await admin.keys.list()).data.map(({ id, name }) => [name, id] as const);
  const folded = (name: string, id: string): string => `${name.toLowerCase()} ${id}`;
  const byName = ids.toSorted(([a, one], [b, other]) => (folded(a, one) < folded(b, other) ? -1 : 1)).map(([name]) => name);
  assert.deepEqual(await listed({ sort: 'name' }), byName);
  assert.deepEqual(await listed({ sort: 'name', order: 'asc', owner: 'ada' }), byName);
  assert.deepEqual(await listed({ sort: 'name', order: 'desc' }), byName.toReversed());
  assert.deepEqual(await listed({ order: 'asc' }), names);
  assert.deepEqual(await listed({ sort: 'created', order: 'asc', status: 'active' }), names);
  assert.deepEqual(await listed({ sort: 'created' }), names.toReversed());
  const { nextCursor } = await admin.keys.list({ sort: 'name', limit: 2 });
  await refusesInput(admin.keys.list({ sort: 'name', order: 'desc', limit: 2, cursor: nextCursor }), '/cursor');
  await refusesInput(admin.keys.list({ limit: 2, cursor: nextCursor }), '/cursor');
  for (const sort of ['used', 'expires', 'requests'] as const) {
    const descending = await listed({ sort, order: 'desc' });
    assert.deepEqual(await listed({ sort, order: 'asc' }), descending.toReversed());
    assert.deepEqual(await listed({ sort }), sort === 'expires' ? descending.toReversed() : descending);
    await refusesInput(admin.keys.list({ sort, status: 'active' }), '/sort');
  }
  await refusesInput(admin.keys.list({ sort: 'name', expiresWithin: '30d' }), '/sort');
  await refusesInput(admin.keys.list({ order: 'asc', unusedFor: '30d' }), '/order');
  await refusesInput(admin.keys.list({ sort: 'name', status: 'revoked' }), '/sort');
  await refusesInput(admin.keys.list({ sort: 'name', neverUsed: true }), '/sort');
  await refusesInput(admin.keys.list({ sort: 'owner' } as object), '/sort');
  await refusesInput(admin.keys.list({ order: 'up' } as object), '/order');
}
