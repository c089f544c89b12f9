import assert from 'node:assert/strict';
import { KEY_STATUSES, keyStatus, type KeyRecord } from '../domain/key.js';
import type { KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, sampleForeignSecret, sampleKey, sampleSecret, sampleTier, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageKeyTests: readonly StorageTest[] = [
  ['a credential is found by its digest with all that a verification needs', findsCredentials],
  ['a credential shows what owner, tier and credits are at the time of the read', readsNeighbours],
  ['digests that are not stored find nothing, however many are asked for', findsNothing],
  ['records with awkward text and numbers come back exactly as they were', keepsAwkwardValues],
  ['imported secrets are found by their locator, within the limit', findsLocators],
  ['the shapes of locators in use are known, each once', knowsForeignTokens],
  ['a key is shown with its secrets, newest first, its credits and its last use', showsDetail],
  ['the pages of a list hold every key once, newest first', pages],
  ['each filter of a list admits exactly the keys it names', filters],
  ['a list by status agrees with the rule of status for every combination', agreesOnStatus],
  ['an update writes the named fields and no other', updatesNamedFields],
  ['the operator tokens of a tier are those that are not revoked', listsOperatorsOfTier],
  ['the keys of an owner are counted and listed by whether they are revoked or expired', countsLive],
];

async function findsCredentials(storage: Storage): Promise<void> {
  const limits = [{ name: 'burst', limit: 5, windowMs: 1_000, algorithm: 'token-bucket', burst: 9 }] as const;
  const key = sampleKey(1, {
    tier: 'pro',
    scopes: ['articles:read', 'articles:*'],
    notBefore: START + 1,
    expiresAt: START + 2,
    disabledAt: START + 3,
    revokedAt: START + 4,
    revokedBy: 'admin',
    revokedReason: 'leaked',
    ipRules: ['10.0.0.0/8'],
    limits,
    metadata: { team: 'a', nested: { list: [1, null, true] } },
  });
  const secret = sampleSecret(1, { scheme: 'hmac-sha256', pepperId: 'p1', validUntil: START + 9, lastUsedAt: null });
  await storage.keys.change(async (change) => {
    await change.owners.ensure('owner-1', START);
    await change.owners.update('owner-1', { limits, suspendedAt: START + 7 });
    await change.tiers.put(sampleTier('pro'));
    await change.keys.insert(key);
    await change.secrets.insert(secret);
    await change.credits.put(key.id, { remaining: 3, refill: null, nextRefillAt: null });
  });
  const expected = {
    secret,
    key,
    ownerSuspendedAt: START + 7,
    ownerLimits: limits,
    tierLimits: sampleTier('pro').limits,
    hasCredits: true,
  };
  const digest = sampleDigest('secret 1');
  for (const digests of [[digest], [sampleDigest('a'), digest], [sampleDigest('a'), sampleDigest('b'), digest]]) {
    const found = await storage.keys.findByDigests(digests);
    assert.deepEqual(found === null ? null : { ...found, secret: { ...found.secret, digest: null } }, {
      ...expected,
      secret: { ...secret, digest: null },
    });
    assert.ok(found?.secret.digest?.equals(digest));
  }
}

async function readsNeighbours(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tier: 'pro', owner: 'nobody' })]);
  const digests = [sampleDigest('secret 1')];
  const bare = await storage.keys.findByDigests(digests);
  assert.deepEqual([bare?.ownerSuspendedAt, bare?.ownerLimits, bare?.tierLimits, bare?.hasCredits], [null, [], [], false]);
  await storage.keys.change(async (change) => {
    await change.tiers.put(sampleTier('pro'));
    await change.owners.ensure('nobody', START);
    await change.owners.update('nobody', { suspendedAt: START });
    await change.credits.put('key_0001', { remaining: 0, refill: null, nextRefillAt: null });
  });
  const full = await storage.keys.findByDigests(digests);
  assert.deepEqual([full?.ownerSuspendedAt, full?.tierLimits, full?.hasCredits], [START, sampleTier('pro').limits, true]);
}

async function findsNothing(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  for (const count of [0, 1, 2, 5, 6]) {
    const digests = Array.from({ length: count }, (_, index) => sampleDigest(`unknown ${index}`));
    assert.equal(await storage.keys.findByDigests(digests), null);
  }
  assert.equal(await storage.keys.readKey('key_9999'), null);
}

async function keepsAwkwardValues(storage: Storage): Promise<void> {
  const text = `'"\\%_;--\n\t $1 ? é Ω 漢字 😀 \u00ad</script>`;
  const metadata = JSON.parse('{"__proto__":{"a":1},"constructor":"x","":[],"n":9007199254740991,"f":-1.5e-7}') as KeyRecord['metadata'];
  const key = sampleKey(1, {
    id: `key_0001`,
    name: text,
    description: text,
    owner: text,
    tier: text,
    scopes: [text],
    revokedReason: text,
    createdAt: Number.MAX_SAFE_INTEGER,
    expiresAt: 0,
    metadata,
  });
  await storeKeys(storage, [key]);
  const detail = await storage.keys.readKey('key_0001');
  assert.deepEqual(detail?.key, key);
  assert.equal(JSON.stringify(detail?.key.metadata), JSON.stringify(metadata));
}

async function findsLocators(storage: Storage): Promise<void> {
  const shared = sampleForeignSecret(2, { locator: 'start:8:legacy-1' });
  await storeKeys(storage, [sampleKey(1), sampleKey(2), sampleKey(3)], [sampleForeignSecret(1), shared, sampleForeignSecret(3)]);
  const found = await storage.keys.findByLocators(['start:8:legacy-1', 'end:4:acy-1'], 10);
  assert.deepEqual(
    found.map((credential) => credential.secret),
    [sampleForeignSecret(1), shared],
  );
  assert.deepEqual(
    found.map((credential) => credential.key.id),
    ['key_0001', 'key_0002'],
  );
  assert.equal((await storage.keys.findByLocators(['start:8:legacy-1'], 1)).length, 1);
  assert.deepEqual(await storage.keys.findByLocators(['start:8:legacy-9'], 10), []);
  assert.deepEqual(await storage.keys.findByLocators([], 10), []);
  assert.equal(await storage.keys.change((change) => change.secrets.countByLocator('start:8:legacy-1')), 2);
}

async function knowsForeignTokens(storage: Storage): Promise<void> {
  assert.deepEqual(await storage.keys.readForeign(), { any: false, locatorShapes: [] });
  const secrets = [
    sampleForeignSecret(1),
    sampleForeignSecret(2),
    sampleForeignSecret(3, { locator: 'end:4:a:bc' }),
    sampleSecret(4, { foreign: true }),
  ];
  await storeKeys(
    storage,
    [1, 2, 3, 4].map((number) => sampleKey(number)),
    secrets,
  );
  const { any, locatorShapes } = await storage.keys.readForeign();
  assert.deepEqual([any, [...locatorShapes].sort()], [true, ['end:4', 'start:8']]);
}

async function showsDetail(storage: Storage): Promise<void> {
  const key = sampleKey(1);
  const old = sampleSecret(1, { createdAt: START, validUntil: START + 50 });
  const twin = sampleSecret(2, { keyId: key.id, createdAt: START + 5 });
  const latest = sampleSecret(3, { keyId: key.id, createdAt: START + 5 });
  await storeKeys(storage, [key], [twin, old, latest]);
  const refill = { amount: 10, mode: 'add', every: 'interval', intervalMs: 1_000 } as const;
  await storage.keys.change((change) => change.credits.put(key.id, { remaining: 7, refill, nextRefillAt: START + 1 }));
  await storage.usage.recordUsage({
    counts: [],
    lastUses: [{ keyId: key.id, secretId: old.id, at: START + 8, address: '::1', userAgent: 'curl/8', uses: 1 }],
  });
  const detail = await storage.keys.readKey(key.id);
  assert.deepEqual(detail?.key, key);
  assert.deepEqual(
    detail?.secrets.map((secret) => [secret.id, secret.lastUsedAt]),
    [
      [latest.id, null],
      [twin.id, null],
      [old.id, START + 8],
    ],
  );
  assert.deepEqual(detail?.credits, { remaining: 7, refill, nextRefillAt: START + 1 });
  assert.deepEqual(detail?.lastUse, { at: START + 8, address: '::1', userAgent: 'curl/8' });
  assert.deepEqual(await storage.keys.listKeys({ limit: 5, now: START }), [detail]);
}

async function pages(storage: Storage): Promise<void> {
  // Keys that were imported together share an instant: the id decides.
  const keys = Array.from({ length: 23 }, (_, index) => sampleKey(index, { createdAt: START + Math.floor(index / 5) }));
  await storeKeys(storage, keys);
  const expected = keys.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).map((key) => key.id);
  const seen: string[] = [];
  let after: KeyQuery['after'];
  for (;;) {
    const page = await storage.keys.listKeys({ limit: 4, now: START, after });
    assert.ok(page.length <= 4);
    seen.push(...page.map((detail) => detail.key.id));
    const last = page.at(-1)?.key;
    if (last === undefined) break;
    after = { at: last.createdAt, id: last.id };
  }
  assert.deepEqual(seen, expected);
}

async function filters(storage: Storage): Promise<void> {
  await storeKeys(storage, [
    sampleKey(1, { owner: 'a', tier: 'free', environment: 'live' }),
    sampleKey(2, { owner: 'a', tier: 'pro', environment: 'test' }),
    sampleKey(3, { owner: 'b', tier: 'free', environment: 'test' }),
    sampleKey(4, { owner: 'b', tier: null, environment: 'live' }),
  ]);
  const list = idsOf(storage);
  assert.deepEqual(await list({ owner: 'a' }), [2, 1]);
  assert.deepEqual(await list({ tier: 'free' }), [3, 1]);
  assert.deepEqual(await list({ environment: 'test' }), [3, 2]);
  assert.deepEqual(await list({ owner: 'b', tier: 'free', environment: 'test', status: 'active', search: { text: 'key' } }), [3]);
  assert.deepEqual(await list({ owner: 'A' }), []);
  assert.deepEqual(await list({ owner: 'a', exceptEnvironment: 'live' }), [2]);
  assert.equal(await storage.keys.countKeys({ owner: 'b', now: START }), 2);
  assert.equal(await storage.keys.countKeys({ exceptEnvironment: 'test', status: 'active', now: START }), 2);
  assert.equal(await storage.keys.countKeys({ status: 'revoked', now: START }), 0);
}

async function agreesOnStatus(storage: Storage): Promise<void> {
  const now = START + 1_000;
  const instants = [null, now - 1, now, now + 1];
  const keys = [null, now].flatMap((revokedAt) =>
    [null, now].flatMap((disabledAt) =>
      instants.flatMap((expiresAt) =>
        instants.flatMap((notBefore) => ['free', 'suspended'].map((owner) => ({ revokedAt, disabledAt, expiresAt, notBefore, owner }))),
      ),
    ),
  );
  await storage.keys.change(async (change) => {
    for (const owner of ['free', 'suspended']) await change.owners.ensure(owner, START);
    await change.owners.update('suspended', { suspendedAt: START });
  });
  await storeKeys(
    storage,
    keys.map((fields, number) => sampleKey(number, fields)),
  );
  const all = await storage.keys.listKeys({ limit: 1_000, now });
  for (const status of KEY_STATUSES) {
    const expected = all.filter(({ key, ownerSuspendedAt }) => keyStatus(key, ownerSuspendedAt, now) === status);
    const found = await storage.keys.listKeys({ limit: 1_000, now, status });
    assert.ok(expected.length > 0);
    assert.deepEqual(
      found.map((detail) => detail.key.id),
      expected.map((detail) => detail.key.id),
      status,
    );
  }
}

async function updatesNamedFields(storage: Storage): Promise<void> {
  const key = sampleKey(1, { metadata: { a: 1 }, expiresAt: START + 5 });
  await storeKeys(storage, [key, sampleKey(2)]);
  const steps: readonly Partial<Omit<KeyRecord, 'id' | 'version' | 'createdAt' | 'createdBy'>>[] = [
    { name: 'New', description: 'More\nof it' },
    { description: null },
    { expiresAt: null, tier: 'pro' },
    { scopes: ['b:c'], ipRules: ['::1'], limits: sampleTier('pro').limits, metadata: {} },
    { disabledAt: START, revokedAt: START, revokedBy: 'x', revokedReason: 'y', notBefore: START, environment: 'test', owner: 'o' },
    {},
  ];
  let expected = key;
  for (const fields of steps) {
    await storage.keys.change((change) => change.keys.update(key.id, fields));
    expected = { ...expected, ...fields, version: expected.version + 1 };
    assert.deepEqual((await storage.keys.readKey(key.id))?.key, expected);
  }
  assert.deepEqual((await storage.keys.readKey('key_0002'))?.key, sampleKey(2));
  assert.deepEqual((await storage.keys.listKeys({ limit: 5, now: START, search: { text: 'new' } })).length, 1);
  assert.deepEqual(await storage.keys.listKeys({ limit: 5, now: START, search: { text: key.name } }), []);
}

async function listsOperatorsOfTier(storage: Storage): Promise<void> {
  const operator = { environment: 'operator', tier: 'ops' };
  const keys = [
    sampleKey(1, operator),
    sampleKey(2, { ...operator, revokedAt: START }),
    sampleKey(3, { ...operator, tier: null }),
    sampleKey(4, { tier: 'ops' }),
    sampleKey(5, operator),
  ];
  await storeKeys(storage, keys);
  await storage.keys.change(async (change) => {
    await change.credits.put('key_0001', { remaining: 0, refill: null, nextRefillAt: null });
    const ofTier = await change.keys.listKinds({ tier: 'ops', operators: true }, START);
    assert.deepEqual(
      ofTier.map(({ id }) => id),
      ['key_0001', 'key_0005'],
    );
    assert.deepEqual([await change.credits.has('key_0001'), await change.credits.has('key_0005')], [true, false]);
  });
}

async function countsLive(storage: Storage): Promise<void> {
  await storeKeys(storage, [
    sampleKey(1, { tier: 'pro' }),
    sampleKey(2, { tier: 'pro', expiresAt: START + 10 }),
    sampleKey(3, { tier: 'pro', revokedAt: START }),
    sampleKey(4, { disabledAt: START }),
    sampleKey(5, { owner: 'owner-2', tier: 'pro' }),
  ]);
  await storage.keys.change(async (change) => {
    assert.equal(await change.keys.countLive('owner-1', START + 9), 3);
    assert.equal(await change.keys.countLive('owner-1', START + 10), 2);
    assert.equal(await change.keys.countLive('nobody', START), 0);
    assert.equal(await change.tiers.countKeys('pro'), 3);
    assert.deepEqual(await change.keys.find('key_0005'), sampleKey(5, { owner: 'owner-2', tier: 'pro' }));
    assert.equal(await change.keys.find('key_0009'), null);
  });
}

function idsOf(storage: Storage): (query: Partial<KeyQuery>) => Promise<readonly number[]> {
  return async (query) => {
    const details = await storage.keys.listKeys({ limit: 100, now: START, ...query });
    return details.map((detail) => Number(detail.key.id.slice('key_'.length)));
  };
}
