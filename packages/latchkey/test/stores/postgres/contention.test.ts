/** Who waits for whom, and for how long. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { UnavailableError } from '../../../src/domain/errors.js';
import type { Storage } from '../../../src/ports/storage.js';
import { lockStatement } from '../../../src/stores/postgres/lock.js';
import type { PostgresStoreOptions } from '../../../src/stores/postgres/open.js';
import { sampleDigest, sampleEvent, sampleKey, START, storeKeys } from '../../../src/testing/storage-records.js';
import { openOwnSchema, openSchema } from './opened-postgres.js';

describe.skipIf(findPostgres() === null)('contention', () => {
  let url: string;

  beforeAll(async () => {
    url = await (await sharedPostgres()).createDatabase();
  });

  async function open(options: Partial<PostgresStoreOptions> = {}): Promise<{ storage: Storage; schema: string; url: string }> {
    const opened = await openOwnSchema(url, options);
    onTestFinished(() => opened.dispose());
    return { storage: opened.storage, schema: new URL(opened.url).searchParams.get('schema') ?? '', url: opened.url };
  }

  /** A session of somebody else, in a transaction, that holds what the statement takes until it is given back. */
  async function hold(statement: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    onTestFinished(() => client.end());
    await client.connect();
    await client.query(`begin; ${statement}`);
    return async () => void (await client.query('commit'));
  }

  it('changes that wait for their turn leave every verification its connection', async () => {
    const { storage, schema } = await open({ poolSize: 3 });
    await storeKeys(storage, [sampleKey(1)]);
    const giveBack = await hold(lockStatement(schema));
    const changes = Array.from({ length: 50 }, (_, number) => storage.keys.change((change) => change.append(sampleEvent(number))));
    for (let read = 0; read < 20; read++) expect(await storage.keys.findByDigests([sampleDigest('secret 1')])).not.toBeNull();
    await giveBack();
    const seqs = (await Promise.all(changes)).map((event) => event.seq);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('verifications that wait for the database leave a change its connection', async () => {
    const { storage, schema } = await open({ poolSize: 3 });
    await storeKeys(storage, [sampleKey(1)]);
    const giveBack = await hold(`lock table "${schema}".secrets in access exclusive mode`);
    const reads = Array.from({ length: 50 }, () => storage.keys.findByDigests([sampleDigest('secret 1')]));
    for (let number = 0; number < 5; number++) await storage.keys.change((change) => change.append(sampleEvent(number)));
    await giveBack();
    for (const found of await Promise.all(reads)) expect(found?.key.id).toBe('key_0001');
  });

  it('lists that wait for the database leave every verification and the check of readiness their connections', async () => {
    const { storage, schema } = await open({ poolSize: 6 });
    await storeKeys(storage, [sampleKey(1)]);
    const giveBack = await hold(`lock table "${schema}".events, "${schema}".last_uses, "${schema}".usage_by_hour in access exclusive mode`);
    const now = START;
    const lists = Array.from({ length: 20 }, () => [
      storage.keys.listKeys({ limit: 1, now }),
      storage.events.readEvents({ limit: 1 }),
      storage.usage.readUsage({ from: 0, until: now, by: 'day', keyId: 'key_0001' }),
    ]).flat();
    for (let read = 0; read < 20; read++) {
      expect(await storage.keys.findByDigests([sampleDigest('secret 1')])).not.toBeNull();
      await storage.check();
    }
    await giveBack();
    await Promise.all(lists);
  });

  it('many calls that spend the credits of one key wait for its row on one connection, and leave the others to verifications', async () => {
    const { storage, schema } = await open({ poolSize: 5 });
    await storeKeys(storage, [sampleKey(1)]);
    await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 45, refill: null, nextRefillAt: null }));
    const giveBack = await hold(`select 1 from "${schema}".credits for update`);
    const spendings = Array.from({ length: 50 }, () => storage.credits.spend('key_0001', 1, START));
    for (let read = 0; read < 20; read++) expect(await storage.keys.findByDigests([sampleDigest('secret 1')])).not.toBeNull();
    await giveBack();
    expect((await Promise.all(spendings)).filter((outcome) => outcome?.spent)).toHaveLength(45);
  });

  it('more calls than connections are all answered', async () => {
    const { storage } = await open({ poolSize: 3 });
    await storeKeys(storage, [sampleKey(1)]);
    const found = await Promise.all(Array.from({ length: 500 }, () => storage.keys.findByDigests([sampleDigest('secret 1')])));
    expect(found.filter((credential) => credential?.key.id === 'key_0001')).toHaveLength(500);
  });

  it('who waits too long for a connection, for a lock or for an answer is told that the store is unavailable', async () => {
    const { storage: patient, schema, url: own } = await open();
    await storeKeys(patient, [sampleKey(1)]);
    const { storage, dispose } = await openSchema(own, { poolSize: 3, timeoutMs: 2_000 });
    onTestFinished(dispose);
    const giveBackLock = await hold(lockStatement(schema));
    const giveBackTable = await hold(`lock table "${schema}".secrets in access exclusive mode`);
    const waiting = [
      ...Array.from({ length: 5 }, (_, number) => storage.keys.change((change) => change.append(sampleEvent(number)))),
      ...Array.from({ length: 5 }, () => storage.keys.findByDigests([sampleDigest('secret 1')])),
    ];
    const outcomes = await Promise.allSettled(waiting);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    await Promise.all([giveBackLock(), giveBackTable()]);
    expect(await patient.events.readHead()).toBeNull();
    await expect
      .poll(async () => storage.keys.change((change) => change.append(sampleEvent(1))).catch(() => null))
      .toMatchObject({ seq: 1 });
  });

  it('two Latchkeys in schemas of their own do not wait for each other', async () => {
    const [one, other] = [await open(), await open()];
    const giveBack = await hold(lockStatement(one.schema));
    expect((await other.storage.keys.change((change) => change.append(sampleEvent(1)))).seq).toBe(1);
    await giveBack();
    expect(await one.storage.events.readHead()).toBeNull();
  });

  it('a process that is paused in the middle of a change stops nobody for long, and its change is not made', async () => {
    const { storage, url: own } = await open();
    const script = fileURLToPath(new URL('paused-change-process.js', import.meta.url));
    const child = fork(script, [own, '2000']);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect((await once(child, 'message'))[0]).toBe('inside');
    child.kill('SIGSTOP');
    const { seq } = await storage.keys.change(async (change) => {
      await change.keys.insert(sampleKey(1, { name: 'of the one that waited' }));
      return change.append(sampleEvent(1));
    });
    expect(seq).toBe(1);
    // Until its own time is over, too, so that it does not try again.
    const until = systemClock.monotonicMs() + 1_500;
    await expect.poll(() => systemClock.monotonicMs()).toBeGreaterThan(until);
    const answer = once(child, 'message');
    child.kill('SIGCONT');
    child.send('go on');
    expect((await answer)[0]).toBe('UnavailableError');
    expect((await storage.keys.listKeys({ limit: 5, now: START })).map((detail) => detail.key.name)).toEqual(['of the one that waited']);
    expect(await storage.events.readHead()).toMatchObject({ seq: 1 });
  });

  it('writers of the same rows from several stores lock nobody out, and add up', async () => {
    const { storage, url: own } = await open();
    const others = await Promise.all(Array.from({ length: 3 }, () => openSchema(own)));
    onTestFinished(async () => void (await Promise.all(others.map((other) => other.dispose()))));
    const keys = Array.from({ length: 40 }, (_, number) => sampleKey(number));
    await storeKeys(storage, keys);
    const counts = keys.map((key) => ({ keyId: key.id, hour: START, code: 'valid', count: 1 }) as const);
    const uses = keys.map((key, index) => ({
      keyId: key.id,
      secretId: `secret_${String(index).padStart(4, '0')}`,
      at: START,
      address: null,
      userAgent: null,
      uses: 1,
    }));
    const rounds = Array.from({ length: 60 }, async (_, round) => {
      const target = [storage, ...others.map((other) => other.storage)][round % 4];
      const shuffled = round % 2 === 0 ? [counts, uses] : [counts.toReversed(), uses.toReversed()];
      await target?.usage.recordUsage({ counts: shuffled[0] as typeof counts, lastUses: shuffled[1] as typeof uses });
    });
    await Promise.all(rounds);
    expect(await storage.usage.readUsage({ from: START, until: START + 1, by: 'hour' })).toEqual([
      { start: START, code: 'valid', count: 2_400 },
    ]);
    expect((await storage.keys.readKey('key_0039'))?.secrets[0]?.lastUsedAt).toBe(START);
  });
});
