import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/domain/errors.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { sampleDigest, sampleEvent, sampleKey, START, storeKeys } from '../../src/testing/storage-records.js';
import { storageSuite } from '../../src/testing/storage-suite.js';

describe('a faulty storage', () => {
  describe('without a fault behaves as the real one', () => {
    storageSuite(
      { describe, it },
      {
        async open() {
          const { storage } = createFaultyStorage(await openSqliteStorage({ file: ':memory:' }));
          return { storage, dispose: () => storage.close() };
        },
        skips: [
          'everything that was answered is there when the store is opened again',
          'the log goes on where it ended',
          'a store that was opened again has lost none of its guards',
        ].map((test) => ({ test, reason: 'a database in memory ends with its connection' })),
      },
    );
  });

  it('counts every call, those inside a change too', async () => {
    await withFaulty(async (faulty) => {
      await storeKeys(faulty.storage, [sampleKey(1)]);
      await faulty.storage.keys.change((change) => change.append(sampleEvent(1)));
      await faulty.storage.check();
      expect(faulty.calls()).toEqual([
        'keys.change',
        'change.keys.insert',
        'change.secrets.insert',
        'keys.change',
        'change.append',
        'check',
      ]);
      faulty.reset();
      expect(faulty.calls()).toEqual([]);
    });
  });

  it('fails the call that was asked for, before or after it, and no other', async () => {
    await withFaulty(async (faulty) => {
      const { storage } = faulty;
      const create = (): Promise<void> => storeKeys(storage, [sampleKey(1)]);
      const exists = async (): Promise<boolean> => (await storage.keys.readKey('key_0001')) !== null;
      for (const [n, point] of [
        [1, 'before'],
        [2, 'before'],
        [2, 'after'],
        [3, 'before'],
        [3, 'after'],
      ] as const) {
        faulty.failAt(n, point);
        await expect(create()).rejects.toBeInstanceOf(UnavailableError);
        expect(await exists()).toBe(false);
      }
      faulty.failAt(1, 'after');
      await expect(create()).rejects.toBeInstanceOf(UnavailableError);
      expect(await exists()).toBe(true);
    });
  });

  it('is down until it is mended', async () => {
    await withFaulty(async (faulty) => {
      faulty.breakDown();
      await expect(faulty.storage.check()).rejects.toBeInstanceOf(UnavailableError);
      await expect(faulty.storage.events.readHead()).rejects.toBeInstanceOf(UnavailableError);
      faulty.mend();
      await faulty.storage.check();
    });
  });

  it('holds a read before it begins, so that it sees what was changed meanwhile', async () => {
    await withFaulty(async (faulty) => {
      const { keys } = faulty.storage;
      await storeKeys(faulty.storage, [sampleKey(1)]);
      const gate = faulty.gate('keys.findByDigests', 'before');
      const read = keys.findByDigests([sampleDigest('secret 1')]);
      await gate.reached;
      await keys.change((change) => change.keys.update('key_0001', { revokedAt: START }));
      gate.release();
      expect((await read)?.key.revokedAt).toBe(START);
    });
  });

  it('holds a read that is done, so that it answers what is no longer so', async () => {
    await withFaulty(async (faulty) => {
      const { keys } = faulty.storage;
      await storeKeys(faulty.storage, [sampleKey(1)]);
      const gate = faulty.gate('keys.findByDigests', 'after');
      const read = keys.findByDigests([sampleDigest('secret 1')]);
      await gate.reached;
      await keys.change((change) => change.keys.update('key_0001', { revokedAt: START }));
      expect((await keys.findByDigests([sampleDigest('secret 1')]))?.key.revokedAt).toBe(START);
      gate.release();
      expect((await read)?.key.revokedAt).toBeNull();
    });
  });

  it('opens every gate when it is reset, reached or not', async () => {
    await withFaulty(async (faulty) => {
      const reached = faulty.gate('events.readHead', 'before');
      const waiting = faulty.storage.events.readHead();
      await reached.reached;
      faulty.gate('check', 'before');
      faulty.reset();
      expect(await waiting).toBeNull();
      await faulty.storage.check();
    });
  });
});

async function withFaulty(body: (faulty: FaultyStorage) => Promise<void>): Promise<void> {
  const faulty = createFaultyStorage(await openSqliteStorage({ file: ':memory:' }));
  try {
    await body(faulty);
  } finally {
    await faulty.storage.close();
  }
}
