/** Lists that are walked: all pages in one loop. */
import assert from 'node:assert/strict';
import { refusesInput, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';

export const walkTests: readonly LatchkeyTest[] = [
  ['keys.walk: gives every key once, in the order of the list, whatever the size of a page', walksKeys],
  ['keys.walk: goes on from a cursor, and filters as the list does', walksPartOfKeys],
  ['keys.walk: gives no key twice and skips none, while keys are made, changed and revoked', walksThroughChanges],
  ['keys.walk: asks for a page when the loop comes to it, and for none after the loop has ended', asksWhenNeeded],
  ['keys.walk: can be walked again, and then shows what there is now', walksAgain],
  ['keys.walk, owners.walk: reject what the list rejects, by its place', refusesQueries],
  ['keys.walk: rejects when its signal fires, and asks no more', endsBySignal],
  ['owners.walk: gives every owner once, in the order of the list', walksOwners],
];

async function walksKeys(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 25);
  const { keys } = subject.admin;
  for (const limit of [1, 5, 10, 25, 100]) assert.deepEqual(await idsOf(keys.walk({ limit })), ids);
  assert.deepEqual(await idsOf(keys.walk()), ids);
}

async function walksPartOfKeys(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 12);
  const { keys } = subject.admin;
  const { nextCursor } = await keys.list({ limit: 5 });
  assert.deepEqual(await idsOf(keys.walk({ limit: 5, cursor: nextCursor })), ids.slice(5));
  const ofAda = ids.filter((_, index) => index % 2 === 0);
  assert.deepEqual(await idsOf(keys.walk({ owner: 'ada', limit: 2 })), ofAda);
  assert.deepEqual(await idsOf(keys.walk({ owner: 'nobody' })), []);
}

async function walksThroughChanges(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 20);
  const { admin, clock, issue } = subject;
  const seen: string[] = [];
  for await (const { id } of admin.keys.walk({ limit: 3 })) {
    seen.push(id);
    await clock.advance(1);
    await issue({ name: 'made meanwhile' });
    await admin.keys.update(id, { name: 'seen' });
    await admin.keys.revoke(id);
  }
  assert.deepEqual(seen, ids);
}

async function asksWhenNeeded(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 9);
  const asked = (): number => subject.faulty.calls().filter((call) => call === 'keys.listKeys').length;
  subject.faulty.reset();
  const walk = subject.admin.keys.walk({ limit: 3 });
  assert.equal(asked(), 0);
  const seen: string[] = [];
  for await (const { id } of walk) {
    seen.push(id);
    assert.equal(asked(), Math.ceil(seen.length / 3));
    if (seen.length === 5) break;
  }
  assert.deepEqual(seen, ids.slice(0, 5));
  assert.equal(asked(), 2);
}

async function walksAgain(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 4);
  const walk = subject.admin.keys.walk({ limit: 3 });
  assert.deepEqual(await idsOf(walk), ids);
  const [made = ''] = await issueMany(subject, 1);
  assert.deepEqual(await idsOf(walk), [made, ...ids]);
}

async function refusesQueries(subject: Subject): Promise<void> {
  await issueMany(subject, 1);
  const { keys, owners } = subject.admin;
  await refusesInput(idsOf(keys.walk({ limt: 10 } as object)), '/limt');
  await refusesInput(idsOf(owners.walk({ serch: 'ada' } as object)), '/serch');
  await refusesInput(idsOf(keys.walk({ limit: 101 })), '/limit');
  await refusesInput(idsOf(keys.walk({ cursor: 'nonsense' })), '/cursor');
  await refusesInput(idsOf(keys.walk('all' as unknown as object)), '');
  await assert.rejects(idsOf(keys.walk({}, { sinal: null } as object)), /sinal/);
}

async function endsBySignal(subject: Subject): Promise<void> {
  const ids = await issueMany(subject, 6);
  const giveUp = new AbortController();
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const { id } of subject.admin.keys.walk({ limit: 2 }, { signal: giveUp.signal })) {
      seen.push(id);
      if (seen.length === 2) giveUp.abort();
    }
  });
  assert.deepEqual(seen, ids.slice(0, 2));
}

async function walksOwners({ admin, issue }: Subject): Promise<void> {
  const owners = Array.from({ length: 7 }, (_, index) => `owner-${index}`);
  for (const owner of owners) await issue({ owner });
  assert.deepEqual(await idsOf(admin.owners.walk({ limit: 3 })), owners);
  assert.deepEqual(await idsOf(admin.owners.walk({ search: 'owner-5' })), ['owner-5']);
}

/** Makes so many keys, of `ada` and `bob` in turn, each a millisecond after the one before; returns their ids, the newest first. */
async function issueMany({ issue, clock }: Subject, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let left = count; left > 0; left -= 1) {
    ids.unshift((await issue({ owner: left % 2 === 0 ? 'bob' : 'ada' })).id);
    await clock.advance(1);
  }
  return ids;
}

async function idsOf(walk: AsyncIterable<{ readonly id: string }>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of walk) ids.push(id);
  return ids;
}
