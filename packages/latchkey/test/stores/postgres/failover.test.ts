/** A primary that dies under load, and a replica that takes over. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, startPostgres, type PostgresServer } from '../../../../../tools/services/postgres.js';
import { startTcpProxy } from '../../../../../tools/services/tcp-proxy.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { UnavailableError } from '../../../src/domain/errors.js';
import { verifyChain } from '../../../src/domain/event-chain.js';
import type { Storage } from '../../../src/ports/storage.js';
import { openPostgresStorage } from '../../../src/stores/postgres/open.js';
import { sampleEvent, sampleKey, START } from '../../../src/testing/storage-records.js';
import { PATIENT_MS, throughPort } from './opened-postgres.js';

describe.skipIf(findPostgres() === null)('a primary with a replica that must confirm', () => {
  let primary: PostgresServer;
  let replica: PostgresServer;

  beforeAll(async () => {
    primary = await startPostgres();
    replica = await primary.replicate();
    await primary.query("alter system set synchronous_standby_names = '*'");
    await primary.query('select pg_reload_conf()');
  });

  afterAll(async () => {
    await Promise.all([primary.dispose(), replica.dispose()]);
  });

  it('the replica is refused for serving, and read from where that is asked for', async () => {
    const database = await primary.createDatabase();
    await (await openPostgresStorage({ url: database, clock: systemClock, timeoutMs: PATIENT_MS })).close();
    const url = throughPort(database, replica.port);
    await expect.poll(async () => replica.query('select 1 from latchkey.events', url).catch(() => null)).toEqual([]);
    await expect(openPostgresStorage({ url, clock: systemClock, timeoutMs: PATIENT_MS })).rejects.toThrow('use the address of the primary');
    const reading = await openPostgresStorage({ url, readOnly: true, clock: systemClock, timeoutMs: PATIENT_MS });
    onTestFinished(() => reading.close());
    expect(await reading.events.readHead()).toBeNull();
    await reading.check();
    await expect(reading.keys.change(async () => undefined)).rejects.toThrow('readOnly');
    await expect(reading.credits.spend('key', 1, START)).rejects.toThrow('readOnly');
  });

  it('no change is answered while the replica cannot confirm it; its outcome is unknown until then', async () => {
    const url = await primary.createDatabase();
    const storage = await openPostgresStorage({ url, timeoutMs: 3_000, clock: systemClock });
    onTestFinished(() => storage.close());
    const patient = await openPostgresStorage({ url, timeoutMs: PATIENT_MS, clock: systemClock });
    onTestFinished(() => patient.close());
    await patient.keys.change((change) => change.append(sampleEvent(1)));
    await replica.stop();
    await expect(storage.keys.change((change) => change.append(sampleEvent(2)))).rejects.toThrow(UnavailableError);
    expect(await patient.events.readHead()).toMatchObject({ seq: 1 });
    await replica.start();
    await expect.poll(async () => (await patient.events.readHead())?.seq).toBe(2);
  });

  it('no change that was answered is lost when the primary is killed under load, and the log goes on on the replica', async () => {
    const proxy = await startTcpProxy(primary);
    onTestFinished(() => proxy.dispose());
    const url = throughPort(await primary.createDatabase(), proxy.port);
    const storage = await openPostgresStorage({ url, timeoutMs: 3_000, clock: systemClock });
    onTestFinished(() => storage.close());
    const answered = new Set<string>();
    let stopped = false;
    onTestFinished(() => void (stopped = true));
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let number = writer; !stopped; number += 4) await makeKey(storage, number, answered);
    });
    await expect.poll(() => answered.size).toBeGreaterThan(50);
    await primary.stop('kill');
    await replica.promote();
    proxy.cut();
    proxy.lead(replica.port);
    const before = answered.size;
    await expect.poll(() => answered.size).toBeGreaterThan(before + 50);
    stopped = true;
    await Promise.all(writers);
    const keys = new Set((await storage.keys.listKeys({ limit: 100_000, now: START })).map((detail) => detail.key.id));
    expect([...answered].filter((id) => !keys.has(id))).toEqual([]);
    const events = await storage.events.readEvents({ limit: 100_000 });
    expect((await verifyChain(events)).intact).toBe(true);
    expect(events.map((event) => event.target.id).toSorted()).toEqual([...keys].toSorted());
  });
});

/** Notes the key where it was answered that it was made. */
async function makeKey(storage: Storage, number: number, answered: Set<string>): Promise<void> {
  const id = `key_${number}`;
  try {
    await storage.keys.change(async (change) => {
      await change.keys.insert(sampleKey(number, { id }));
      await change.append(sampleEvent(number, { target: { type: 'key', id } }));
    });
    answered.add(id);
  } catch (error) {
    expect(error).toBeInstanceOf(UnavailableError);
  }
}
