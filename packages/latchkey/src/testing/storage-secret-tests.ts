import assert from 'node:assert/strict';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, sampleForeignSecret, sampleKey, sampleSecret, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageSecretTests: readonly StorageTest[] = [
  ['a secret is rewritten only from the form it is stored in', rewritesGuarded],
  ['a digest that was imported is known after it was rewritten, and finds nothing any more', remembersImportedDigests],
  ['retiring a secret sets its end and nothing else', retires],
  ['a key shows its current secret and those that end last, ten at most, whenever they were made', showsLiveSecrets],
];

async function rewritesGuarded(storage: Storage): Promise<void> {
  const from = sampleForeignSecret(1);
  const to = { scheme: 'sha256', pepperId: null, digest: sampleDigest('upgraded'), encoded: null, locator: null } as const;
  await storeKeys(storage, [sampleKey(1)], [from]);
  const rewrite = (expected: typeof from): Promise<boolean> =>
    storage.keys.change((change) => change.secrets.rewrite(from.id, expected, to));
  assert.equal(await rewrite({ ...from, encoded: 'other' }), false);
  assert.equal(await rewrite({ ...from, locator: null }), false);
  assert.equal(await storage.keys.findByDigests([to.digest]), null);
  assert.equal(await rewrite(from), true);
  assert.equal(await rewrite(from), false);
  const found = await storage.keys.findByDigests([to.digest]);
  assert.deepEqual([found?.secret.scheme, found?.secret.locator, found?.secret.foreign], ['sha256', null, true]);
  assert.deepEqual(await storage.keys.findByLocators(['start:8:legacy-1'], 5), []);
  assert.deepEqual(await storage.keys.readForeign(), { any: true, locatorShapes: [] });
  assert.equal(await storage.keys.change((change) => change.secrets.exists(to.digest)), true);
  assert.equal(await storage.keys.change((change) => change.secrets.exists(sampleDigest('other'))), false);
}

async function remembersImportedDigests(storage: Storage): Promise<void> {
  const [imported, issued] = [sampleSecret(1, { foreign: true }), sampleSecret(2)];
  await storeKeys(storage, [sampleKey(1), sampleKey(2)], [imported, issued]);
  for (const [index, { id, ...from }] of [imported, issued].entries()) {
    const to = { scheme: 'hmac-sha256', pepperId: 'p1', digest: sampleDigest(`peppered ${index}`), encoded: null, locator: null } as const;
    assert.equal(await storage.keys.change((change) => change.secrets.rewrite(id, from, to)), true);
  }
  for (const [digest, is] of [
    [imported.digest, true],
    [issued.digest, false],
  ] as const) {
    assert.ok(digest !== null);
    assert.equal(await storage.keys.change((change) => change.secrets.exists(digest)), is);
    assert.equal(await storage.keys.findByDigests([digest]), null);
  }
}

async function retires(storage: Storage): Promise<void> {
  const other = sampleSecret(2, { keyId: 'key_0001' });
  await storeKeys(storage, [sampleKey(1)], [sampleSecret(1), other]);
  await storage.keys.change((change) => change.secrets.retire('secret_0001', START + 77, false));
  const inUse = (now: number) => storage.keys.change((change) => change.secrets.inUse('key_0001', now));
  const secrets = await inUse(START + 76);
  assert.deepEqual(
    secrets.map((secret) => [secret.id, secret.validUntil]),
    [
      ['secret_0002', null],
      ['secret_0001', START + 77],
    ],
  );
  assert.deepEqual(
    (await inUse(START + 77)).map((secret) => secret.id),
    ['secret_0002'],
  );
  await storage.keys.change((change) => change.secrets.retire('secret_0002', START + 77, true));
  assert.deepEqual(
    (await inUse(START)).map((secret) => secret.id),
    ['secret_0001'],
  );
}

async function showsLiveSecrets(storage: Storage): Promise<void> {
  const key = sampleKey(1);
  const secretAt = (number: number, validUntil: number | null) =>
    sampleSecret(number, { keyId: key.id, createdAt: START + number, validUntil });
  const live = [1, 2].map((number) => secretAt(number, START + 1_000_000 + number));
  const ended = Array.from({ length: 20 }, (_, index) => secretAt(index + 3, START + 100 + index));
  await storeKeys(storage, [key], [secretAt(99, null), ...ended, ...live]);
  const shown = (await storage.keys.readKey(key.id))?.secrets.map(({ createdAt }) => createdAt - START);
  assert.deepEqual(shown, [99, 22, 21, 20, 19, 18, 17, 16, 2, 1]);
}
