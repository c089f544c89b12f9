/** The version of a key or an owner, and changes that are made to one version of it alone. */
import assert from 'node:assert/strict';
import { HOUR_MS } from '../domain/time.js';
import {
  atOnceSettled,
  codesOf,
  conflicts,
  isMissing,
  refusesInput,
  textOf,
  type LatchkeyTest,
  type Subject,
} from './latchkey-suite-fixture.js';

const UUID = '0f0c5a7e-6b1d-4c57-9c39-2f6f9a3d8b41';

export const versionTests: readonly LatchkeyTest[] = [
  ['the version of a key rises with each change of it, and with nothing else', raisesVersions],
  ['a change with ifMatch is made to that version of the key alone, and else changes nothing', changesThatVersion],
  ['the version of an owner rises with each change of it; with ifMatch only that version is changed', changesThatOwner],
  ['ifMatch that is no version is refused, and never means that there is no condition', refusesOddVersions],
  ['of 20 changes of one version of a key at once one wins; the others fail their precondition and leave nothing', winsOnce],
  ['a rotation that is repeated with its idempotency key is answered again, whatever the version is by now', repeatsConditionally],
];

async function raisesVersions({ admin, issue, clock }: Subject): Promise<void> {
  const { id, token, secretId } = await issue({ scopes: ['a:read'], credits: { remaining: 9 } });
  const version = async () => (await admin.keys.get(id)).version;
  const steps: readonly (readonly [rises: number, change: () => Promise<unknown>])[] = [
    [0, () => admin.verify(token)],
    [1, () => admin.keys.update(id, { name: 'renamed' })],
    [0, () => admin.keys.update(id, { name: 'renamed', scopes: ['a:read'] })],
    [1, () => admin.keys.update(id, { credits: { add: 1 } })],
    [0, () => admin.owners.suspend('ada')],
    [0, () => admin.owners.resume('ada')],
    [1, () => admin.keys.rotate(id, { grace: '1h' })],
    [1, () => admin.keys.retireSecret(id, secretId)],
    [0, () => admin.keys.retireSecret(id, secretId)],
    [1, () => admin.keys.disable(id)],
    [0, () => admin.keys.disable(id)],
    [1, () => admin.keys.enable(id)],
    [0, () => clock.advance(HOUR_MS)],
    [1, () => admin.owners.revokeAll('ada')],
    [0, () => admin.keys.revoke(id)],
  ];
  let expected = 1;
  assert.equal(await version(), expected);
  for (const [rises, change] of steps) {
    await change();
    expected += rises;
    assert.equal(await version(), expected, String(change));
  }
}

async function changesThatVersion({ admin, issue }: Subject): Promise<void> {
  const { id, token, secretId } = await issue();
  const old = (await admin.keys.update(id, { name: 'second' })).key.version - 1;
  const before = await admin.keys.get(id);
  const log = await admin.events.head();
  const stale = { ifMatch: old };
  await conflicts(admin.keys.update(id, { name: 'third' }, stale), 'precondition_failed');
  await conflicts(admin.keys.update(id, {}, stale), 'precondition_failed');
  await conflicts(admin.keys.rotate(id, {}, stale), 'precondition_failed');
  await conflicts(admin.keys.revoke(id, {}, stale), 'precondition_failed');
  await conflicts(admin.keys.disable(id, {}, stale), 'precondition_failed');
  await conflicts(admin.keys.enable(id, {}, stale), 'precondition_failed');
  await conflicts(admin.keys.retireSecret(id, secretId, stale), 'precondition_failed');
  await conflicts(admin.keys.update(id, { name: 'third' }, { ifMatch: [old, 0, 99] }), 'precondition_failed');
  assert.deepEqual([await admin.keys.get(id), await admin.events.head()], [before, log]);
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
  await isMissing(admin.keys.update('key_0000000000000000', { name: 'x' }, stale), 'key');
  let { version } = before;
  const next = (changed: { readonly key: { readonly version: number } }) => (version = changed.key.version);
  next(await admin.keys.update(id, { name: 'third' }, { ifMatch: [99, version] }));
  next(await admin.keys.rotate(id, { grace: '1h' }, { ifMatch: version }));
  next(await admin.keys.retireSecret(id, secretId, { ifMatch: version }));
  next(await admin.keys.disable(id, {}, { ifMatch: version }));
  next(await admin.keys.enable(id, {}, { ifMatch: version }));
  next(await admin.keys.revoke(id, {}, { ifMatch: version }));
  assert.equal(version, before.version + 6);
}

async function changesThatOwner({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue();
  const version = async () => (await admin.owners.get('ada')).version;
  assert.equal(await version(), 1);
  await conflicts(admin.owners.update('ada', { name: 'Ada' }, { ifMatch: 2 }), 'precondition_failed');
  await conflicts(admin.owners.suspend('ada', {}, { ifMatch: [0, 2] }), 'precondition_failed');
  await conflicts(admin.owners.resume('ada', {}, { ifMatch: 2 }), 'precondition_failed');
  // An owner that is not recorded yet has no version.
  for (const ifMatch of [0, 1, '*'] as const)
    await conflicts(admin.owners.update('nobody', { name: 'x' }, { ifMatch }), 'precondition_failed');
  await isMissing(admin.owners.get('nobody'), 'owner');
  await admin.owners.update('ada', { name: 'Ada' }, { ifMatch: 1 });
  await admin.owners.update('ada', { name: 'Ada' }, { ifMatch: '*' });
  await admin.owners.suspend('ada', {}, { ifMatch: [1, 2] });
  await admin.owners.resume('ada', {}, { ifMatch: 3 });
  await admin.keys.update(id, { name: 'renamed' });
  assert.equal(await version(), 4);
  await admin.owners.revokeAll('ada');
  assert.equal(await version(), 4);
  const changed = await atOnceSettled(20, () => admin.owners.update('ada', { maxKeys: 9 }, { ifMatch: 4 }));
  assert.equal(changed.filter(({ status }) => status === 'fulfilled').length, 1);
}

async function refusesOddVersions({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue();
  const odd: readonly unknown[] = [null, '1', '**', ['*'], true, {}, [], [1, null], -1, 1.5, Number.NaN, 2 ** 53];
  for (const ifMatch of odd) await refusesInput(admin.keys.update(id, { name: 'x' }, { ifMatch: ifMatch as number }), '');
  await refusesInput(admin.keys.create({ name: 'x', owner: 'ada' }, { ifMatch: 1 } as object), '');
  await refusesInput(admin.keys.get(id, { ifMatch: 1 } as object), '');
  await refusesInput(admin.owners.update('ada', { name: 'x' }, { ifMatch: '1' } as object), '');
  await refusesInput(admin.owners.revokeAll('ada', {}, { ifMatch: 1 } as object), '');
  assert.deepEqual([(await admin.keys.get(id)).name, (await admin.keys.list()).data.length], ['a key', 1]);
}

async function winsOnce({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue();
  let tried = 0;
  const results = await atOnceSettled(20, () => admin.keys.update(id, { name: `name ${tried++}` }, { ifMatch: 1 }));
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.key] : []));
  assert.equal(won.length, 1);
  for (const result of results) {
    if (result.status === 'rejected') await conflicts(Promise.reject(result.reason as Error), 'precondition_failed');
  }
  assert.deepEqual([await admin.keys.get(id)], won);
}

async function repeatsConditionally({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue();
  const rotate = () => admin.keys.rotate(id, { grace: '1h' }, { idempotencyKey: UUID, ifMatch: 1 });
  const first = await rotate();
  await admin.keys.update(id, { name: 'renamed' });
  const again = await rotate();
  assert.deepEqual([textOf(again.token), again.replayed, again.key.version], [textOf(first.token), true, 3]);
}
