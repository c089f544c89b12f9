import { describe, expect, it } from 'vitest';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { sampleKey, START } from '../../src/testing/storage-records.js';
import type { Storage } from '../../src/ports/storage.js';
import { type Harness, type HarnessOptions, openHarness } from './harness.js';

const BATCH = 100;
const OLD = 2 * BATCH;

/** An owner of many keys. The oldest have no token; those that are issued later are the last to be reached. */
async function openCrowd(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await openHarness(options);
  await harness.storage.keys.change(async (change) => {
    await change.owners.ensure('ada', START);
    for (let number = 1; number <= OLD; number++) await change.keys.insert(sampleKey(number, { owner: 'ada', createdAt: START - 1 }));
  });
  return harness;
}

/** Such a store, in which no batch but the first is made until `release` is called. */
async function openHeld(under: (storage: Storage) => Storage = (storage) => storage): Promise<Harness & { release(): void }> {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let ordered = false;
  const wrap = (opened: Storage): Storage => {
    const storage = under(opened);
    const listOwners: Storage['catalog']['listOwners'] = async (query) => {
      if (query.revoking === true && ordered) await held;
      return storage.catalog.listOwners(query);
    };
    return { ...storage, catalog: { ...storage.catalog, listOwners } };
  };
  const harness = await openCrowd({ wrap });
  ordered = true;
  return { ...harness, release };
}

async function untilDone({ latchkey }: Harness): Promise<void> {
  await expect.poll(async () => (await latchkey.owners.get('ada')).revoking).toBeNull();
}

async function batchesOf({ latchkey }: Harness): Promise<readonly { keys: readonly string[]; left: number }[]> {
  const { data } = await latchkey.events.list({ action: 'owner.keys_revoked', order: 'oldest' });
  return data.map(({ after }) => after as unknown as { keys: readonly string[]; left: number });
}

describe('revocation of all keys of an owner with more keys than one batch', () => {
  it('refuses every key when it is answered, and shows each as revoked, while most records are still to follow', async () => {
    const harness = await openHeld();
    const { latchkey, issue, release } = harness;
    const { id, token } = await issue();
    expect((await latchkey.verify(token)).valid).toBe(true);
    const { revoked, owner } = await latchkey.owners.revokeAll('ada', { reason: 'leaked' });
    expect([revoked, owner.revoking?.left, owner.keys.live]).toEqual([OLD + 1, OLD + 1 - BATCH, 0]);
    expect((await latchkey.verify(token)).code).toBe('revoked');
    expect(await latchkey.keys.get(id)).toMatchObject({ status: 'revoked', revokedReason: 'leaked', revokedBy: 'library' });
    await expect(latchkey.keys.rotate(id)).rejects.toMatchObject({ code: 'key_revoked' });
    await expect(latchkey.keys.enable(id)).rejects.toMatchObject({ code: 'key_revoked' });
    release();
    await untilDone(harness);
    expect((await latchkey.verify(token)).code).toBe('revoked');
    expect(await latchkey.keys.get(id)).toMatchObject({ status: 'revoked', revokedReason: 'leaked' });
    expect((await latchkey.keys.list({ owner: 'ada', status: 'active' })).data).toEqual([]);
    await latchkey.close();
  });

  it('names every key in exactly one entry of the audit log, under the actor who began it, and the chain holds', async () => {
    const harness = await openCrowd();
    const { latchkey, issue } = harness;
    const { id } = await issue();
    const actor = { type: 'admin', id: 'admin', scopes: ['*:*'] } as const;
    await latchkey.owners.revokeAll('ada', { reason: 'leaked' }, { actor, address: '192.0.2.7', requestId: 'r-1' });
    await untilDone(harness);
    const batches = await batchesOf(harness);
    expect(batches.map(({ keys, left }) => [keys.length, left])).toEqual([
      [BATCH, BATCH + 1],
      [BATCH, 1],
      [1, 0],
    ]);
    expect(new Set(batches.flatMap(({ keys }) => keys)).size).toBe(OLD + 1);
    const { data } = await latchkey.events.list({ key: id, order: 'newest' });
    expect(data.map(({ action }) => action)).toEqual(['owner.keys_revoked', 'key.created']);
    expect(data[0]).toMatchObject({ actor: { type: 'admin', id: 'admin' }, address: '192.0.2.7', requestId: 'r-1', reason: 'leaked' });
    expect((await latchkey.events.verify()).intact).toBe(true);
    await latchkey.close();
  });

  it('does not reach a key that is created while it is under way, in the same millisecond too', async () => {
    const harness = await openHeld();
    const { latchkey, issue, release } = harness;
    await latchkey.owners.update('ada', { maxKeys: 1 });
    await latchkey.owners.revokeAll('ada');
    const { token } = await issue();
    expect((await latchkey.verify(token)).valid).toBe(true);
    release();
    await untilDone(harness);
    expect((await latchkey.verify(token)).valid).toBe(true);
    expect((await latchkey.owners.get('ada')).keys).toEqual({ total: OLD + 1, live: 1 });
    await latchkey.close();
  });

  it('repeated, revokes nothing twice, and takes in the keys that were created since', async () => {
    const harness = await openHeld();
    const { latchkey, issue, release } = harness;
    await latchkey.owners.revokeAll('ada');
    expect((await latchkey.owners.revokeAll('ada')).revoked).toBe(0);
    const { token } = await issue();
    expect((await latchkey.owners.revokeAll('ada')).revoked).toBe(1);
    expect((await latchkey.verify(token)).code).toBe('revoked');
    release();
    await untilDone(harness);
    const named = (await batchesOf(harness)).flatMap(({ keys }) => keys);
    expect([named.length, new Set(named).size]).toEqual([OLD + 1, OLD + 1]);
    await latchkey.close();
  });

  it('leaves to the first who asked what it revoked, and is of the second for keys that were created since', async () => {
    const harness = await openHeld();
    const { latchkey, clock, issue, release } = harness;
    const by = (id: string) => ({ actor: { type: 'admin', id, scopes: ['*:*'] } as const });
    const old = sampleKey(OLD).id;
    await latchkey.owners.revokeAll('ada', { reason: 'leaked' }, by('one'));
    const before = await latchkey.keys.get(old);
    await clock.advance(1_000);
    const since = await issue();
    await latchkey.owners.revokeAll('ada', { reason: 'contract ended' }, by('two'));
    expect(await latchkey.keys.get(old)).toEqual(before);
    release();
    await untilDone(harness);
    expect(await latchkey.keys.get(old)).toEqual(before);
    expect(before).toMatchObject({ revokedBy: 'admin', revokedReason: 'leaked' });
    expect(await latchkey.keys.get(since.id)).toMatchObject({ revokedBy: 'admin', revokedReason: 'contract ended' });
    const { data } = await latchkey.events.list({ action: 'owner.keys_revoked', order: 'oldest' });
    const told = data.map(({ actor, reason, after }) => [actor.id, reason, (after?.['keys'] as readonly string[]).includes(since.id)]);
    expect(told.filter(([id]) => id === 'two')).toEqual([['two', 'contract ended', true]]);
    expect(new Set(told.filter(([id]) => id === 'one').map(([, reason]) => reason))).toEqual(new Set(['leaked']));
    await latchkey.close();
  });

  it('reaches a key that a node created whose clock is ahead', async () => {
    const harness = await openCrowd();
    const ahead = { createdAt: harness.clock.now() + 60_000, owner: 'ada' };
    await harness.storage.keys.change((change) => change.keys.insert(sampleKey(OLD + 1, ahead)));
    expect((await harness.latchkey.owners.revokeAll('ada')).revoked).toBe(OLD + 1);
    expect((await harness.latchkey.keys.get(sampleKey(OLD + 1).id)).status).toBe('revoked');
    await untilDone(harness);
    await harness.latchkey.close();
  });

  it('lets another change have its turn between two batches', async () => {
    const harness = await openHeld();
    const { latchkey } = harness;
    const { key } = await latchkey.keys.create({ name: 'another', owner: 'bob' });
    const before = await latchkey.owners.revokeAll('ada');
    expect(before.owner.revoking).not.toBeNull();
    await latchkey.keys.revoke(key.id);
    harness.release();
    await untilDone(harness);
    const { data } = await latchkey.events.list({ order: 'oldest' });
    const places = data.map(({ action }) => action).slice(-4);
    expect(places.indexOf('key.revoked')).toBeLessThan(places.lastIndexOf('owner.keys_revoked'));
    await latchkey.close();
  });
});

describe('revocation of all keys of an owner that was interrupted', () => {
  it.each(['before', 'after'] as const)(
    'goes on at the next housekeeping, where the store failed %s a batch was committed',
    async (point) => {
      let faulty: FaultyStorage | undefined;
      const harness = await openHeld((storage) => {
        faulty = createFaultyStorage(storage);
        return faulty.storage;
      });
      await harness.latchkey.owners.revokeAll('ada');
      faulty?.reset();
      // The owner and the entry that began it are read, then comes the change.
      faulty?.failAt(3, point);
      harness.release();
      await expect.poll(() => harness.latchkey.stats().storeFailures).toBe(1);
      expect(faulty?.calls().at(2)).toBe('keys.change');
      await harness.clock.advance(60_000);
      await untilDone(harness);
      const named = (await batchesOf(harness)).flatMap(({ keys }) => keys);
      expect([named.length, new Set(named).size]).toEqual([OLD, OLD]);
      await harness.latchkey.close();
    },
  );
});
