/** Changing all keys that a filter admits: counted, confirmed, and all of them or none. */
import assert from 'node:assert/strict';
import { HOUR_MS } from '../domain/time.js';
import { atOnceSettled, codesOf, conflicts, isForbidden, refusesInput, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

export const bulkTests: readonly LatchkeyTest[] = [
  ['keys of a filter: a dry run counts them and changes nothing; with that number all are revoked, and no other', revokes],
  ['keys of a filter: a number that is not right, or none, or no filter, changes nothing', confirms],
  ['keys of a filter: those that are disabled are refused until each is enabled, and count once', disables],
  ['keys of a filter: an expiry is set for all that are alive, lies ahead and after their beginning, and revives none', extends_],
  ['keys of a filter: of several calls at once that expect the same keys one changes them', revokesOnce],
  ['keys of a filter: an operator without the scope to change keys changes none', needsScope],
  ['keys of a filter: the log has the entry of each key with its reason', logs],
];

async function revokes({ admin, issue }: Subject): Promise<void> {
  const old = [await issue({ tags: ['old'] }), await issue({ tags: ['old', 'x'], owner: 'bob' })];
  const other = await issue({ tags: ['x'] });
  const before = await issue({ tags: ['old'] });
  await admin.keys.revoke(before.id, { reason: 'first' });
  const tokens = [...old, other].map(({ token }) => token);
  assert.deepEqual(await codesOf(admin, tokens), ['valid', 'valid', 'valid']);
  const where = { tags: ['old'] };
  const counted = await admin.keys.revokeWhere({ where, dryRun: true });
  assert.deepEqual([counted.matched, counted.changed], [2, 0]);
  assert.deepEqual(await codesOf(admin, tokens), ['valid', 'valid', 'valid']);
  const { matched, changed, propagation } = await admin.keys.revokeWhere({ where, expect: 2, reason: 'unused' });
  assert.deepEqual([matched, changed, propagation.pending], [2, 2, []]);
  assert.deepEqual(await codesOf(admin, tokens), ['revoked', 'revoked', 'valid']);
  const key = await admin.keys.get(old[1]?.id ?? '');
  assert.deepEqual([key.revokedReason, key.revokedBy, key.tags], ['unused', 'admin', ['old', 'x']]);
  assert.equal((await admin.keys.get(before.id)).revokedReason, 'first');
  assert.deepEqual(await admin.keys.revokeWhere({ where, dryRun: true }), { ...counted, matched: 0 });
  assert.equal((await admin.keys.revokeWhere({ where, expect: 0 })).changed, 0);
}

async function confirms({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ tags: ['old'], metadata: { team: 'a' } });
  const where = { tags: ['old'] };
  for (const expect of [0, 2]) await conflicts(admin.keys.revokeWhere({ where, expect }), 'count_changed');
  await refusesInput(admin.keys.revokeWhere({ where }), '/expect');
  await refusesInput(admin.keys.revokeWhere({ where, dryRun: false }), '/expect');
  await refusesInput(admin.keys.revokeWhere({ where, dryRun: true, expect: 1 }), '/expect');
  await refusesInput(admin.keys.revokeWhere({ where, expect: 10_001 }), '/expect');
  for (const call of ['revokeWhere', 'disableWhere', 'extendWhere'] as const) {
    const more = call === 'extendWhere' ? { expiresIn: '1d' } : {};
    await refusesInput(admin.keys[call]({ where: {}, expect: 1, ...more }), '/where');
    await refusesInput(admin.keys[call]({ where: { tags: [] }, expect: 1, ...more }), '/where/tags');
    await refusesInput(admin.keys[call]({ where: { metadata: {} }, expect: 1, ...more }), '/where/metadata');
  }
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
  assert.equal((await admin.events.head())?.seq, 1);
}

async function disables({ admin, issue }: Subject): Promise<void> {
  const [one, two, three] = [await issue({ metadata: { team: 'a' } }), await issue({ metadata: { team: 'a' } }), await issue()];
  const where = { metadata: { team: 'a' } };
  assert.equal((await admin.keys.disableWhere({ where, expect: 2 })).changed, 2);
  assert.deepEqual(await codesOf(admin, [one.token, two.token, three.token]), ['disabled', 'disabled', 'valid']);
  await admin.keys.enable(one.id);
  assert.equal((await admin.keys.disableWhere({ where, dryRun: true })).matched, 1);
  await admin.keys.revoke(one.id);
  assert.equal((await admin.keys.disableWhere({ where, dryRun: true })).matched, 0);
}

async function extends_({ admin, issue, clock }: Subject): Promise<void> {
  const [one, two, dead, late] = [
    await issue({ expiresIn: '2h' }),
    await issue(),
    await issue({ expiresIn: '1h' }),
    await issue({ owner: 'late' }),
  ];
  await clock.advance(HOUR_MS);
  const where = { owner: 'ada' };
  const expiresAt = '2026-02-01T00:00:00.000Z';
  assert.equal((await admin.keys.extendWhere({ where, expiresAt, dryRun: true })).matched, 2);
  assert.equal((await admin.keys.extendWhere({ where, expiresAt, expect: 2 })).changed, 2);
  const expiries = async () => Promise.all([one, two, dead, late].map(async ({ id }) => (await admin.keys.get(id)).expiresAt));
  assert.deepEqual(await expiries(), [expiresAt, expiresAt, '2026-01-01T01:00:00.000Z', null]);
  assert.deepEqual(await codesOf(admin, [dead.token]), ['expired']);
  const again = await admin.keys.extendWhere({ where, expiresAt, expect: 2 });
  assert.deepEqual([again.matched, again.changed], [2, 0]);
  assert.equal((await admin.keys.extendWhere({ where, expiresAt: null, expect: 2 })).changed, 2);
  assert.deepEqual((await expiries()).slice(0, 2), [null, null]);
  await refusesInput(admin.keys.extendWhere({ where, expect: 2 }), '/expiresAt');
  await refusesInput(admin.keys.extendWhere({ where, expect: 2, expiresAt: '2026-01-01T00:30:00Z' }), '/expiresAt');
  await refusesInput(admin.keys.extendWhere({ where, expect: 2, expiresAt, expiresIn: '1d' }), '/expiresIn');
  await admin.keys.update(two.id, { notBefore: '2026-03-01T00:00:00Z' });
  await refusesInput(admin.keys.extendWhere({ where, expect: 2, expiresAt }), '/expiresAt');
  assert.deepEqual((await expiries()).slice(0, 2), [null, null]);
}

async function revokesOnce({ admin, issue }: Subject): Promise<void> {
  for (let number = 0; number < 5; number++) await issue({ tags: ['old'] });
  const results = await atOnceSettled(8, () => admin.keys.revokeWhere({ where: { tags: ['old'] }, expect: 5 }));
  const won = results.filter((result) => result.status === 'fulfilled');
  assert.deepEqual(
    won.map(({ value }) => value.changed),
    [5],
  );
  for (const result of results) if (result.status === 'rejected') await conflicts(Promise.reject(result.reason as Error), 'count_changed');
  assert.equal((await admin.events.list({ action: 'key.revoked' })).data.length, 5);
}

async function needsScope({ admin, issue, operatorWith }: Subject): Promise<void> {
  const { token } = await issue({ tags: ['old'] });
  const { by } = await operatorWith(['keys:read']);
  await isForbidden(by.keys.revokeWhere({ where: { tags: ['old'] }, expect: 1 }));
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
}

async function logs({ admin, issue }: Subject): Promise<void> {
  const { id } = await issue({ tags: ['old'], expiresIn: '1h' });
  const where = { tags: ['old'] };
  await admin.keys.extendWhere({ where, expect: 1, expiresAt: '2026-02-01T00:00:00Z', reason: 'a month more' });
  await admin.keys.disableWhere({ where, expect: 1, reason: 'pause' });
  await admin.keys.revokeWhere({ where, expect: 1, reason: 'end' });
  const { data } = await admin.events.list({ key: id, order: 'oldest' });
  assert.deepEqual(
    data.slice(1).map(({ action, reason, owner, before, after }) => [action, reason, owner, before, Object.keys(after ?? {})]),
    [
      ['key.updated', 'a month more', 'ada', { expiresAt: '2026-01-01T01:00:00.000Z' }, ['expiresAt']],
      ['key.disabled', 'pause', 'ada', null, ['disabledAt']],
      ['key.revoked', 'end', 'ada', null, ['revokedAt', 'revokedBy', 'revokedReason']],
    ],
  );
}
