/** Connections that break at the worst moments, on the way to a real server. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { startTcpProxy, type Fault, type TcpProxy } from '../../../../../tools/services/tcp-proxy.js';
import { UnavailableError } from '../../../src/domain/errors.js';
import { verifyChain } from '../../../src/domain/event-chain.js';
import type { Storage } from '../../../src/ports/storage.js';
import { sampleDigest, sampleEvent, sampleKey, sampleSecret, START } from '../../../src/testing/storage-records.js';
import { openOwnSchema, throughPort } from './opened-postgres.js';

/** After half of it the server ends a session from which nothing comes. */
const TIMEOUT_MS = 6_000;

const isCommit = (message: Buffer): boolean => message.includes('commit\0');
const isCommitted = (answer: Buffer): boolean => answer.includes('COMMIT\0');
const isBegin = (message: Buffer): boolean => message.includes('begin isolation level');

describe.skipIf(findPostgres() === null)('connections that break', () => {
  let postgres: PostgresAccess;
  let url: string;
  let proxy: TcpProxy;
  let storage: Storage;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    url = await postgres.createDatabase();
  });

  beforeEach(async () => {
    proxy = await startTcpProxy(postgres);
    ({ storage } = await openOwnSchema(throughPort(url, proxy.port), { timeoutMs: TIMEOUT_MS }));
  });

  afterEach(async () => {
    proxy.accept();
    proxy.release();
    await storage.close();
    await proxy.dispose();
  });

  /** Elsewhere, and in another way. */
  async function reopen(options: { readonly timeoutMs: number }): Promise<void> {
    await storage.close();
    ({ storage } = await openOwnSchema(throughPort(url, proxy.port), options));
  }

  /** Makes the key of the number; how often its work was run. */
  async function makeKey(number: number): Promise<number> {
    let runs = 0;
    await storage.keys.change(async (change) => {
      runs += 1;
      await change.keys.insert(sampleKey(number));
      await change.secrets.insert(sampleSecret(number));
      await change.append(sampleEvent(number));
    });
    return runs;
  }

  async function expectWhole(keys: number): Promise<void> {
    const found = await storage.keys.listKeys({ limit: 1_000, now: START });
    const events = await storage.events.readEvents({ limit: 1_000 });
    expect([found.length, events.length, (await verifyChain(events)).intact]).toEqual([keys, keys, true]);
    for (const { secrets } of found) expect(secrets).toHaveLength(1);
  }

  it('before a change is begun, in it, or before its commit arrives: it is run again, and made once', async () => {
    await makeKey(0);
    for (const [index, matches] of [
      isBegin,
      (message: Buffer) => message.includes('insert into'),
      (message: Buffer) => message.includes('"events"'),
      isCommit,
    ].entries()) {
      const met = proxy.failAt(matches, 'cut');
      const runs = await makeKey(index + 1);
      await met;
      expect(runs).toBe(matches === isBegin ? 1 : 2);
      await expectWhole(index + 2);
    }
  });

  it('after the commit arrived and before it is answered: it is answered all the same, and made once', async () => {
    await makeKey(0);
    for (let number = 1; number <= 5; number++) {
      const met = proxy.failAt(isCommit, 'cut-unanswered', isCommitted);
      expect(await makeKey(number)).toBe(1);
      await met;
    }
    await expectWhole(6);
  });

  it('with a commit that is lost on the way and a server that does not hear of it: it is run again once it is undone there, and made once', async () => {
    await reopen({ timeoutMs: 2 * TIMEOUT_MS });
    await makeKey(0);
    const met = proxy.failAt(isCommit, 'swallow');
    expect(await makeKey(1)).toBe(2);
    await met;
    await expectWhole(2);
  });

  it('with a commit that still arrives when the client has asked what became of it: it is answered, and made once', async () => {
    await reopen({ timeoutMs: 10 * TIMEOUT_MS });
    await makeKey(0);
    const met = proxy.failAt(isCommit, 'stray');
    const made = makeKey(1);
    await met;
    const before = proxy.messages;
    // Another connection, and what it is asked.
    await expect.poll(() => proxy.messages, { interval: 5 }).toBeGreaterThan(before + 6);
    proxy.release();
    expect(await made).toBe(1);
    await expectWhole(2);
  });

  it('at any message of a change, in each way: it is made once, or refused as unavailable and not made by half', async () => {
    await reopen({ timeoutMs: 2 * TIMEOUT_MS });
    await makeKey(0);
    let keys = 1;
    for (const fault of ['cut', 'cut-unanswered', 'swallow'] satisfies Fault[]) {
      for (let nth = 1; nth <= 8; nth++) {
        let passed = 0;
        void proxy.failAt(() => ++passed === nth, fault);
        await makeKey(keys);
        keys += 1;
        // What has not been met yet is met here.
        for (let read = 0; passed < nth; read++) await storage.events.readHead();
      }
    }
    await expectWhole(keys);
  });

  it('and leave no trace in the log: a change whose outcome nothing proves is refused as unavailable', async () => {
    await makeKey(0);
    const met = proxy.failAt(isCommit, 'cut-unanswered', isCommitted);
    const renamed = storage.keys.change((change) => change.keys.update('key_0000', { name: 'renamed' }));
    await expect(renamed).rejects.toThrow(UnavailableError);
    await met;
  });

  it('while the server is out of reach: changes and reads are refused as unavailable, and work again once it is back', async () => {
    await makeKey(0);
    proxy.refuse();
    proxy.cut();
    await expect(storage.keys.readKey('key_0000')).rejects.toThrow(UnavailableError);
    await expect(storage.check()).rejects.toThrow(UnavailableError);
    await expect(makeKey(1)).rejects.toThrow(UnavailableError);
    proxy.accept();
    await storage.check();
    expect(await makeKey(1)).toBe(1);
    await expectWhole(2);
  });

  it('for a moment only: a change waits for the server to come back, and is made once', async () => {
    await makeKey(0);
    proxy.refuse();
    proxy.cut();
    const made = makeKey(1);
    const failed = await storage.events.readHead().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UnavailableError);
    proxy.accept();
    expect(await made).toBe(1);
    await expectWhole(2);
  });

  it('in a process that does nothing else: it waits for the outcome, and does not end before', async () => {
    const script = fileURLToPath(new URL('waiting-process.js', import.meta.url));
    const child = spawn(process.execPath, [script, throughPort(url, proxy.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('open');
    proxy.refuse();
    proxy.cut();
    child.stdin.end('go on');
    expect((await lines.next()).value).toBe('UnavailableError');
  });

  it('while idle: the next call has a new connection', async () => {
    for (let round = 0; round < 3; round++) {
      await makeKey(round);
      proxy.cut();
      await expect(storage.keys.findByDigests([sampleDigest(`secret ${round}`)])).resolves.not.toBeNull();
    }
    await expectWhole(3);
  });

  it('to a server that falls silent: a read is given up in time, and the connection with it', async () => {
    await makeKey(0);
    proxy.hold();
    await expect(storage.keys.readKey('key_0000')).rejects.toThrow(UnavailableError);
    proxy.release();
    expect((await storage.keys.readKey('key_0000'))?.key.id).toBe('key_0000');
  });

  it('in the middle of spending: what was answered is spent, and nothing is spent twice', async () => {
    await makeKey(0);
    await storage.keys.change(async (change) => {
      await change.credits.put('key_0000', { remaining: 100, refill: null, nextRefillAt: null });
      await change.append(sampleEvent(1));
    });
    let [spent, unknown] = [0, 0];
    for (const fault of ['cut', 'cut-unanswered'] satisfies Fault[]) {
      for (let round = 0; round < 5; round++) {
        void proxy.failAt((message) => message.includes('remaining'), fault);
        const outcome = await storage.credits.spend('key_0000', 1, START).catch(() => 'unknown' as const);
        if (outcome === 'unknown') unknown += 1;
        else if (outcome?.spent) spent += 1;
      }
    }
    const left = (await storage.credits.peekCredits('key_0000', 0, START))?.remaining ?? 0;
    expect(100 - left).toBeGreaterThanOrEqual(spent);
    expect(100 - left).toBeLessThanOrEqual(spent + unknown);
    // Each call that did not arrive took nothing, each that did took one.
    expect(100 - left).toBe(5);
  });

  it('when usage was written and the answer is lost: the figures count it once', async () => {
    const count = { keyId: 'key_0000', hour: START, code: 'valid', count: 1 } as const;
    await reopen({ timeoutMs: 2 * TIMEOUT_MS });
    for (const fault of ['cut', 'cut-unanswered', 'swallow'] satisfies Fault[]) {
      void proxy.failAt(isCommit, fault);
      await storage.usage.recordUsage({ counts: [count], lastUses: [] });
    }
    expect(await storage.usage.readUsage({ from: START, until: START + 1, by: 'hour' })).toEqual([
      { start: START, code: 'valid', count: 3 },
    ]);
  });

  it('leave no session behind that holds the lock', async () => {
    const held = "select 1 from pg_locks join pg_database on oid = database where locktype = 'advisory' and datname = current_database()";
    await expect.poll(async () => postgres.query(held, url)).toEqual([]);
  });
});
