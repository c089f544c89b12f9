import assert from 'node:assert/strict';
import type { SessionRecord } from '../domain/session.js';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, START } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageSessionTests: readonly StorageTest[] = [
  ['a session is found by its digest as it was begun, and no other', findsSessions],
  ['a session is seen at later times, never at earlier ones', touchesSessions],
  ['a session that was ended is gone, and nothing of another kind goes by its id', endsSessions],
  ['a link that was withdrawn is gone, with the sessions that were opened with it', withdrawsLinks],
  ['the sessions of one subject and kind end together, and no others', endsSubjects],
  ['sessions are dropped at the instant at which their time is over', prunesSessions],
  ['of any number of uses of a link at once, exactly one counts', usesLinkOnce],
  ['a link whose use was rolled back is not used', rollsUseBack],
];

function sampleSession(number: number, fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: `ses_${number}`,
    digest: sampleDigest(`session ${number}`),
    kind: 'operator',
    subject: 'admin',
    details: { via: 'admin', nested: { list: [1, null, 'x'] } },
    createdAt: START,
    lastSeenAt: START,
    idleMs: 1_000,
    expiresAt: START + 9_000,
    usedAt: null,
    openedBy: null,
    madeBy: null,
    ...fields,
  };
}

async function begin(storage: Storage, ...sessions: readonly SessionRecord[]): Promise<void> {
  await storage.keys.change(async (change) => {
    for (const session of sessions) await change.sessions.insert(session);
  });
}

async function find(storage: Storage, number: number): Promise<SessionRecord | null> {
  return storage.sessions.findSession(sampleDigest(`session ${number}`));
}

async function findsSessions(storage: Storage): Promise<void> {
  const link = sampleSession(2, { kind: 'link', subject: `o'1\n"é`, idleMs: null, usedAt: START + 5, openedBy: 'ses_1', madeBy: 'key_1' });
  await begin(storage, sampleSession(1), link);
  for (const [number, expected] of [
    [1, sampleSession(1)],
    [2, link],
  ] as const) {
    const found = await find(storage, number);
    assert.deepEqual({ ...found, digest: null }, { ...expected, digest: null });
    assert.ok(found?.digest.equals(expected.digest));
  }
  assert.equal(await find(storage, 3), null);
  await assert.rejects(begin(storage, sampleSession(3, { digest: sampleDigest('session 1') })));
}

async function touchesSessions(storage: Storage): Promise<void> {
  await begin(storage, sampleSession(1), sampleSession(2));
  await storage.sessions.touchSession('ses_1', START + 70);
  await storage.sessions.touchSession('ses_1', START + 60);
  await storage.sessions.touchSession('ses_9', START + 60);
  assert.deepEqual([(await find(storage, 1))?.lastSeenAt, (await find(storage, 2))?.lastSeenAt], [START + 70, START]);
}

async function endsSessions(storage: Storage): Promise<void> {
  await begin(storage, sampleSession(1), sampleSession(2, { kind: 'portal' }));
  await storage.sessions.endSession('ses_2', 'operator');
  await storage.sessions.endSession('ses_1', 'operator');
  await storage.sessions.endSession('ses_1', 'operator');
  assert.deepEqual([await find(storage, 1), (await find(storage, 2))?.id], [null, 'ses_2']);
}

async function withdrawsLinks(storage: Storage): Promise<void> {
  await begin(
    storage,
    sampleSession(1, { kind: 'link', subject: 'ada' }),
    sampleSession(2, { kind: 'portal', openedBy: 'ses_1' }),
    sampleSession(3, { kind: 'portal', openedBy: 'ses_9' }),
  );
  const withdraw = async (id: string) => storage.keys.change((change) => change.sessions.withdraw(id));
  assert.deepEqual([await withdraw('ses_3'), await withdraw('ses_1'), await withdraw('ses_1')], [null, 'ada', null]);
  assert.deepEqual([await find(storage, 1), await find(storage, 2), (await find(storage, 3))?.id], [null, null, 'ses_3']);
}

async function endsSubjects(storage: Storage): Promise<void> {
  await begin(
    storage,
    sampleSession(1),
    sampleSession(2),
    sampleSession(3, { subject: 'key_1' }),
    sampleSession(4, { kind: 'portal', subject: 'admin' }),
  );
  await storage.sessions.endSessions('operator', 'admin');
  const left = await Promise.all([1, 2, 3, 4].map(async (number) => (await find(storage, number)) !== null));
  assert.deepEqual(left, [false, false, true, true]);
}

async function prunesSessions(storage: Storage): Promise<void> {
  await begin(storage, sampleSession(1), sampleSession(2, { expiresAt: START + 9_001 }));
  await storage.sessions.pruneSessions(START + 8_999);
  assert.ok(await find(storage, 1));
  await storage.sessions.pruneSessions(START + 9_000);
  assert.deepEqual([await find(storage, 1), (await find(storage, 2))?.id], [null, 'ses_2']);
}

async function usesLinkOnce(storage: Storage): Promise<void> {
  await begin(storage, sampleSession(1, { kind: 'link' }));
  const uses = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => storage.keys.change((change) => change.sessions.use('ses_1', START + index))),
  );
  assert.equal(uses.filter(Boolean).length, 1);
  assert.notEqual((await find(storage, 1))?.usedAt, null);
  assert.equal(await storage.keys.change((change) => change.sessions.use('ses_9', START)), false);
}

async function rollsUseBack(storage: Storage): Promise<void> {
  await begin(storage, sampleSession(1, { kind: 'link' }));
  const failing = storage.keys.change(async (change) => {
    await change.sessions.use('ses_1', START);
    throw new RangeError('given up');
  });
  await assert.rejects(failing, RangeError);
  assert.equal((await find(storage, 1))?.usedAt, null);
}
