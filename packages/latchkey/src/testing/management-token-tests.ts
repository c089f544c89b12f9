/** Keys whose token the caller chooses. */
import assert from 'node:assert/strict';
import { atOnceSettled, codesOf, conflicts, refusesInput, textOf, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

const UUID = '7d1c9b2e-43f8-4a6d-9e05-b8c2f1a7d364';
const REPEAT = '0f0c5a7e-6b1d-4c57-9c39-2f6f9a3d8b42';

export const tokenTests: readonly LatchkeyTest[] = [
  ['a token that the caller chooses: opens its key from then on, also where it was unknown before, and rotates like any other', opens],
  ['a token that the caller chooses: is refused where it can be guessed or no header could carry it, and no error repeats it', refuses],
  ['a token that the caller chooses: belongs to one key, of 20 that ask for it at once', belongsToOne],
];

async function opens({ admin, clock }: Subject): Promise<void> {
  assert.deepEqual(await codesOf(admin, [UUID]), ['malformed']);
  const { key, token } = await admin.keys.create({ name: 'GitOps', owner: 'ada', token: UUID });
  assert.equal(textOf(token), UUID);
  assert.deepEqual([key.hint, key.secrets.length], ['…d364', 1]);
  assert.deepEqual(await codesOf(admin, [UUID, UUID]), ['valid', 'valid']);
  const rotated = await admin.keys.rotate(key.id, { grace: '1h' });
  assert.deepEqual(await codesOf(admin, [UUID, textOf(rotated.token)]), ['valid', 'valid']);
  await clock.advance(3_600_000);
  assert.notEqual((await codesOf(admin, [UUID]))[0], 'valid');
  const actions = (await admin.events.list({ key: key.id, order: 'oldest' })).data.map(({ action }) => action);
  assert.equal(actions[0], 'key.imported');
  assert.equal(JSON.stringify((await admin.events.list()).data).includes(UUID), false);
}

async function refuses({ admin }: Subject): Promise<void> {
  const weak = [
    '',
    'short',
    'x'.repeat(513),
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'password-password-password',
    '1234567890123456789012',
    `${UUID} `,
  ];
  for (const token of [...weak, `${UUID}é`, `${UUID}\n`, 7 as never, null as never]) {
    const creating = admin.keys.create({ name: 'x', owner: 'ada', token });
    await refusesInput(creating, '/token');
    const error = await creating.catch((reason: unknown) => reason);
    if (typeof token === 'string' && token.length > 5) assert.equal(String(error).includes(token), false);
  }
  assert.deepEqual((await admin.keys.list()).data, []);
  // 20 letters and digits, and a UUID without its hyphens.
  for (const token of ['Zp4kQ9vT2mXr7LsB1nYc', UUID.replaceAll('-', '')]) await admin.keys.create({ name: 'x', owner: 'ada', token });
}

async function belongsToOne({ admin }: Subject): Promise<void> {
  const create = () => admin.keys.create({ name: 'x', owner: 'ada', token: UUID });
  const results = await atOnceSettled(20, create);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') await conflicts(Promise.reject(result.reason as Error), 'already_imported');
  const other = `${UUID.slice(0, -1)}5`;
  const repeat = () => admin.keys.create({ name: 'y', owner: 'ada', token: other }, { idempotencyKey: REPEAT });
  const [first, second] = [await repeat(), await repeat()];
  assert.deepEqual([second.key.id, second.replayed], [first.key.id, true]);
  await conflicts(create(), 'already_imported');
}
