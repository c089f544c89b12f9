import assert from 'node:assert/strict';
import { UnavailableError } from '../domain/errors.js';
import { verifyChain } from '../domain/event-chain.js';
import type { LogEvent } from '../domain/event.js';
import type { KeyDetail } from '../domain/key.js';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, sampleEvent, sampleForeignSecret, sampleKey, sampleSecret, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageAtomicityTests: readonly StorageTest[] = [
  ['of eight spendings at once of one credit, exactly one succeeds', spendsOnce],
  ['spendings at once take what the budget has, and no more', spendsExactly],
  ['spendings of several keys at once do not touch one another', spendsApart],
  ['spendings beside changes of the same budget lose neither', spendsBesideChanges],
  ['changes at once each see the one before', countsUp],
  ['a bound on the number of keys holds under changes at once', holdsBound],
  ['of many guarded rewrites at once, exactly one succeeds', rewritesOnce],
  ['work that fails leaves nothing, and its own error is what the caller gets', leavesNothing],
  ['queries that failed work did not wait for leave nothing either', leavesNoStragglers],
  ['no read sees a part of a change', hidesHalfChanges],
  ['a reader that starts after a change was answered sees it', showsAnsweredChanges],
  ['the log is in commit order, without a gap, whatever failed in between', ordersLog],
  ['a batch with one row that cannot be stored leaves none of it', refusesHalfBatches],
];

async function spendsOnce(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  for (let round = 0; round < 20; round++) {
    await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 1, refill: null, nextRefillAt: null }));
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => storage.credits.spend('key_0001', 1, START)));
    assert.equal(outcomes.filter((outcome) => outcome?.spent).length, 1);
    assert.ok(outcomes.every((outcome) => outcome?.remaining === 0));
  }
}

async function spendsExactly(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 31, refill: null, nextRefillAt: null }));
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => storage.credits.spend('key_0001', 2, START)));
  const spent = outcomes.filter((outcome) => outcome?.spent).map((outcome) => outcome?.remaining ?? -1);
  assert.deepEqual(
    spent.toSorted((a, b) => a - b),
    Array.from({ length: 15 }, (_, index) => 1 + 2 * index),
  );
  assert.equal((await storage.credits.peekCredits('key_0001', 0, START))?.remaining, 1);
}

async function spendsApart(storage: Storage): Promise<void> {
  const keys = Array.from({ length: 10 }, (_, number) => sampleKey(number));
  await storeKeys(storage, keys);
  await storage.keys.change(async (change) => {
    for (const [index, key] of keys.entries()) await change.credits.put(key.id, { remaining: index, refill: null, nextRefillAt: null });
  });
  const calls = keys.flatMap((key) => Array.from({ length: 10 }, () => storage.credits.spend(key.id, 1, START)));
  const outcomes = await Promise.all(calls);
  for (const index of keys.keys()) {
    const own = outcomes.slice(index * 10, index * 10 + 10);
    assert.equal(own.filter((outcome) => outcome?.spent).length, index);
  }
}

async function spendsBesideChanges(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 0, refill: null, nextRefillAt: null }));
  const add = (): Promise<void> =>
    storage.keys.change(async (change) => {
      const state = await change.credits.find('key_0001');
      assert.ok(state !== null);
      await change.credits.put('key_0001', { ...state, remaining: state.remaining + 3 });
    });
  let spent = 0;
  const spend = async (): Promise<void> => {
    if ((await storage.credits.spend('key_0001', 1, START))?.spent) spent += 1;
  };
  await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? add() : spend())));
  assert.equal((await storage.credits.peekCredits('key_0001', 0, START))?.remaining, 20 * 3 - spent);
}

async function countsUp(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { metadata: { count: 0 } })]);
  await Promise.all(
    Array.from({ length: 40 }, () =>
      storage.keys.change(async (change) => {
        const key = await change.keys.find('key_0001');
        await change.keys.update('key_0001', { metadata: { count: Number(key?.metadata['count']) + 1 } });
      }),
    ),
  );
  assert.deepEqual((await storage.keys.readKey('key_0001'))?.key.metadata, { count: 40 });
}

async function holdsBound(storage: Storage): Promise<void> {
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      storage.keys.change(async (change) => {
        if ((await change.keys.countLive('owner-1', START)) >= 5) return false;
        await change.keys.insert(sampleKey(number));
        return true;
      }),
    ),
  );
  assert.equal(made.filter(Boolean).length, 5);
  assert.equal((await storage.keys.listKeys({ limit: 100, now: START })).length, 5);
}

async function rewritesOnce(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)], [sampleForeignSecret(1)]);
  const done = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      storage.keys.change((change) =>
        change.secrets.rewrite('secret_0001', sampleForeignSecret(1), {
          scheme: 'sha256',
          pepperId: null,
          digest: sampleDigest(`rewrite ${index}`),
          encoded: null,
          locator: null,
        }),
      ),
    ),
  );
  assert.equal(done.filter(Boolean).length, 1);
}

async function leavesNothing(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const before = await stateOf(storage);
  const refusal = new Error('refused by the work itself');
  const failed = storage.keys.change(async (change) => {
    await change.keys.insert(sampleKey(2));
    await change.keys.update('key_0001', { name: 'changed' });
    await change.secrets.insert(sampleSecret(2));
    await change.secrets.retire('secret_0001', START, false);
    await change.owners.ensure('owner-9', START);
    await change.credits.put('key_0001', { remaining: 1, refill: null, nextRefillAt: null });
    await change.append(sampleEvent(2));
    throw refusal;
  });
  await assert.rejects(failed, (error) => error === refusal);
  assert.deepEqual(await stateOf(storage), before);
  await storeKeys(storage, [sampleKey(2)]);
}

async function leavesNoStragglers(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const before = await stateOf(storage);
  const stragglers: Promise<unknown>[] = [];
  const failed = storage.keys.change(async (change) => {
    const straggle = (number: number): number => stragglers.push(change.keys.insert(sampleKey(number)).catch(() => undefined));
    for (let number = 2; number < 30; number++) straggle(number);
    await change.append(sampleEvent(2));
    for (let number = 30; number < 60; number++) straggle(number);
    throw new Error('refused');
  });
  const next = storage.keys.change((change) => change.keys.find('key_0001'));
  await assert.rejects(failed, /refused/);
  await next;
  await Promise.all(stragglers);
  assert.deepEqual(await stateOf(storage), before);
}

async function hidesHalfChanges(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const reads: Promise<KeyDetail | null>[] = [];
  const readMeanwhile = async (): Promise<void> => {
    reads.push(storage.keys.readKey('key_0001'));
    // A turn of the event loop, in which the read can be done if nothing holds it back.
    await new Promise((resolve) => setImmediate(resolve));
  };
  await storage.keys.change(async (change) => {
    await change.keys.update('key_0001', { name: 'half' });
    await readMeanwhile();
    await change.keys.update('key_0001', { name: 'whole' });
  });
  const refused = storage.keys.change(async (change) => {
    await change.keys.update('key_0001', { name: 'never' });
    await readMeanwhile();
    throw new Error('refused');
  });
  await assert.rejects(refused, /refused/);
  const names = (await Promise.all(reads)).map((detail) => detail?.key.name);
  assert.ok(names[0] === 'Key 1' || names[0] === 'whole', names[0]);
  assert.equal(names[1], 'whole');
}

async function showsAnsweredChanges(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const digests = [sampleDigest('secret 1')];
  for (let round = 1; round <= 30; round++) {
    const beside = Array.from({ length: 3 }, () => storage.keys.findByDigests(digests));
    await storage.keys.change((change) => change.keys.update('key_0001', { revokedAt: START + round }));
    assert.equal((await storage.keys.findByDigests(digests))?.key.revokedAt, START + round);
    await Promise.all(beside);
  }
}

async function ordersLog(storage: Storage): Promise<void> {
  const committed: string[] = [];
  const changes = Promise.all(
    Array.from({ length: 30 }, async (_, number) => {
      try {
        await storage.keys.change(async (change) => {
          const { seq } = await change.append(sampleEvent(number));
          await change.keys.insert(sampleKey(number));
          if (number % 4 === 0) throw new Error('refused');
          const second = await change.append(sampleEvent(number, { action: 'key.updated' }));
          assert.equal(second.seq, seq + 1);
        });
        committed.push(sampleKey(number).id);
      } catch (error) {
        assert.match(String(error), /refused/);
      }
    }),
  );
  // Who follows the log meets each commit after all before it. The order of the answers says nothing: they may overtake.
  const followed = await followLog(storage, changes);
  const events = await storage.events.readEvents({ limit: 1_000 });
  assert.deepEqual(followed, events);
  assert.deepEqual(
    events.map((event) => event.seq),
    events.map((_, index) => index + 1),
  );
  const changed = events.map((event) => event.target.id).filter((_, index) => index % 2 === 0);
  assert.deepEqual(
    events.map((event) => event.target.id),
    changed.flatMap((id) => [id, id]),
  );
  assert.deepEqual(changed.toSorted(), committed.toSorted());
  assert.equal((await verifyChain(events, { expect: (await storage.events.readHead()) ?? undefined })).intact, true);
}

/** What a reader met who went on from the last event it knew, again and again, until the work was done. */
async function followLog(storage: Storage, work: Promise<unknown>): Promise<readonly LogEvent[]> {
  const followed: LogEvent[] = [];
  let ended = false;
  async function follow(): Promise<void> {
    for (let last = false; !last;) {
      last = ended;
      followed.push(...(await storage.events.readEvents({ after: followed.at(-1)?.seq ?? 0, limit: 1_000 })));
    }
  }
  await Promise.all([work.finally(() => (ended = true)), follow()]);
  return followed;
}

async function refusesHalfBatches(storage: Storage): Promise<void> {
  const counter = { subject: 'key:1', name: 'requests', state: '1', expiresAt: START };
  await assert.rejects(storage.counters.saveCounters([counter, { ...counter, name: 'broken', expiresAt: Number.NaN }]), UnavailableError);
  assert.deepEqual(await storage.counters.loadCounters(['key:1']), []);
  const count = { keyId: 'key_0001', hour: START, code: 'valid', count: 1 } as const;
  await assert.rejects(storage.usage.recordUsage({ counts: [count, { ...count, count: Number.NaN }], lastUses: [] }), UnavailableError);
  assert.deepEqual(await storage.usage.readUsage({ from: START, until: START + 1, by: 'hour' }), []);
  await storage.counters.saveCounters([counter]);
}

async function stateOf(storage: Storage): Promise<unknown> {
  const keys = await storage.keys.listKeys({ limit: 100, now: START });
  return {
    keys: keys.map((detail) => ({ ...detail, secrets: detail.secrets.map((secret) => ({ ...secret, digest: String(secret.digest) })) })),
    owners: await storage.catalog.listOwners({ limit: 100, now: START }),
    events: await storage.events.readEvents({ limit: 100 }),
  };
}
