/**
 * The end of a service in the middle of its work, or of the database beneath it, on data that lives through all of it.
 * Every acknowledged change is present; no change is half-made.
 */
import { verifyChain } from 'latchkey';
import { openStorage, walkLog } from 'latchkey/internal';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serve, type ServedFolder } from '../cli/command.js';
import { createAsk, type Ask, type Fields } from './ask.js';
import type { CrashDatabase, ServerDatabase } from './crash-database.js';
import { CrashSpender } from './crash-spender.js';
import { CrashWriter } from './crash-writer.js';
import { createDice, type Dice } from './dice.js';
import { PATIENT } from './fleet.js';

/** The nightly run does 50. */
const ROUNDS = Number(process.env['LATCHKEY_CRASH_ROUNDS'] ?? 5);
/** After each so many rounds, the figures and the audit log are looked at too. */
const ROUNDS_TO_LOOK = 5;
const WRITERS = 5;
const SPENDERS = 4;

export interface Load {
  readonly dice: Dice;
  readonly database: CrashDatabase;
  readonly writers: readonly CrashWriter[];
  readonly spender: CrashSpender;
}

/** Takes what is to be ended after the test. */
type Later = (end: () => Promise<unknown>) => void;

export async function openLoad(
  seed: number,
  database: CrashDatabase,
  later: Later,
): Promise<{ readonly load: Load; readonly service: ServedFolder }> {
  later(() => database.dispose());
  const service = await serveOn(database, later);
  const writers = Array.from({ length: WRITERS }, (_, index) => new CrashWriter(`owner-${index}`, createDice(seed + 1 + index)));
  return { load: { dice: createDice(seed), database, writers, spender: await CrashSpender.open(service.url) }, service };
}

export async function serveOn({ url }: CrashDatabase, later: Later): Promise<ServedFolder> {
  // After each kill, the next change waits for the lease of the service that is gone.
  // With a pepper, the next process repeats the tokens of the one that was killed.
  const LATCHKEY_PEPPERS = 'p1:a-pepper-of-the-crash-tests-vX7kQ2mZ9rT4wB8n';
  const service = await serve({
    LATCHKEY_PEPPERS,
    DATABASE_URL: url,
    LATCHKEY_LEASE_MS: '1000',
    LATCHKEY_SHUTDOWN_MS: '600000',
    ...PATIENT,
  });
  later(() => service.stop());
  return service;
}

/** All clients at once, without a pause, until no answer comes or it has ended; `end` is begun after so many answers. */
export async function runUntilEnded(
  { writers, spender, dice }: Load,
  url: string,
  { after, end }: { after: number; end: () => Promise<void> },
) {
  const ask = createAsk(url);
  let answers = 0;
  let over = false;
  const ending: Promise<void>[] = [];
  const begin = (): void => {
    const ended = end().finally(() => (over = true));
    // A failure is reported after the clients have ended.
    ended.catch(() => undefined);
    ending.push(ended);
  };
  const client = async (step: () => Promise<boolean>): Promise<void> => {
    while (!over && (await step())) {
      answers++;
      if (answers >= after && ending.length === 0) begin();
    }
    expect(ending, 'a service that was neither killed nor told to stop').toHaveLength(1);
  };
  await Promise.all([
    ...writers.map(async (writer) => client(async () => writer.step(ask))),
    ...Array.from({ length: SPENDERS }, async () => client(async () => spender.step(ask, dice))),
  ]);
  await Promise.all(ending);
}

/** Returns how much of the limit's counter is stored, as another process sees it. */
async function savedUnits({ url }: CrashDatabase, keyId: string): Promise<number> {
  const storage = await openStorage(url, { readOnly: true });
  try {
    const [row] = await storage.counters.loadCounters([keyId]);
    return Number(row?.state.split(':').at(-1) ?? 0);
  } finally {
    await storage.close();
  }
}

/** The process that is killed: the service, or the database's server: at once, as in a crash, or by one of its sessions. */
export type Victim = 'service' | 'postmaster' | 'immediate' | 'session';

/** Declares a test for each crash, on a database that lives through all of them, and one for what is there in the end. */
export function crashSuite(name: string, open: () => CrashDatabase | Promise<CrashDatabase>, victims: readonly Victim[]): void {
  describe(name, () => {
    const seed = Number(process.env['LATCHKEY_CRASH_SEED'] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
    const ends: (() => Promise<unknown>)[] = [];
    const later: Later = (end) => void ends.unshift(end);
    let load: Load;
    let service: ServedFolder;
    let head: Fields | null = null;

    beforeAll(async () => {
      if (process.env['LATCHKEY_CRASH_ROUNDS'] !== undefined) process.stdout.write(`LATCHKEY_CRASH_SEED=${seed}\n`);
      ({ load, service } = await openLoad(seed, await open(), later));
    });

    afterAll(async () => {
      for (const end of ends) await end();
    });

    const rounds = Array.from({ length: ROUNDS }, (_, index) => ({
      round: index + 1,
      victim: victims[index % victims.length] ?? 'service',
    }));

    it.each(rounds)('kill $round, of the $victim: loses no acknowledged change and leaves none half-made', async ({ round, victim }) => {
      const saved = await runUntilKilled(load, service, { victim, untilFiguresAreSaved: round % ROUNDS_TO_LOOK === 0 });
      // A service whose database was killed goes on by itself.
      if (victim === 'service') service = await serveOn(load.database, later);
      const ask = createAsk(service.url);
      await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200), { timeout: 50_000, interval: 20 });
      const { writers, spender } = load;
      for (const writer of writers) await writer.settle(ask);
      await Promise.all(writers.map(async (writer) => writer.check(ask)));
      await Promise.all(writers.map(async (writer) => writer.repeat(2, ask)));
      await spender.check(ask, saved);
      if (round % ROUNDS_TO_LOOK === 0) await checkLog(ask, head);
      head = (await ask('/v1/events/head')).json;
    });

    it(`afterwards the database is whole, and holds what was acknowledged (LATCHKEY_CRASH_SEED=${seed})`, async () => {
      load.spender.checkReadings();
      expect((await service.stop()).code).toBe(0);
      await checkDatabase(load);
    });
  });
}

interface Killing {
  readonly victim: Victim;
  /** The service of these tests writes figures each second: some rounds go on until another process sees them. */
  readonly untilFiguresAreSaved: boolean;
}

/** Returns how much of the counted was saved before the kill. */
async function runUntilKilled(load: Load, service: ServedFolder, { victim, untilFiguresAreSaved }: Killing): Promise<number> {
  const { dice } = load;
  let saved = 0;
  const end = async (): Promise<void> => {
    try {
      if (untilFiguresAreSaved) saved = await untilSaved(load);
      await new Promise((resolve) => setTimeout(resolve, dice.below(8)));
    } finally {
      await kill(victim, load, service);
    }
  };
  await runUntilEnded(load, service.url, { after: 10 + dice.below(80), end });
  return saved;
}

async function kill(victim: Victim, { database }: Load, service: ServedFolder): Promise<void> {
  if (victim === 'service') {
    service.child.kill('SIGKILL');
    await service.stop();
    return;
  }
  const { server } = database as ServerDatabase;
  if (victim === 'session') {
    const [session] = await server.query(
      "select pid from pg_stat_activity where application_name = 'latchkey' order by xact_start nulls last",
    );
    const pid = Number(session?.['pid']);
    process.kill(pid, 'SIGKILL');
    // All sessions end with it, once the server has seen that it is gone; until then, it would seem that nothing had happened.
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 50_000, interval: 5 });
    await vi.waitFor(async () => server.query('select 1'), { timeout: 50_000, interval: 20 });
    return;
  }
  await server.stop(victim === 'immediate' ? 'immediate' : 'kill');
  await server.start();
}

async function untilSaved({ spender, database }: Load): Promise<number> {
  const counted = spender.counted;
  return vi.waitFor(
    async () => {
      const saved = await savedUnits(database, spender.limitedKeyId);
      expect(saved).toBeGreaterThanOrEqual(counted);
      return saved;
    },
    { timeout: 50_000, interval: 20 },
  );
}

/** The log is whole, and still goes through the entry that was last seen before the crash. */
async function checkLog(ask: Ask, head: Fields | null): Promise<void> {
  const query = head === null ? '' : `?seq=${head['seq']}&hash=${head['hash']}`;
  expect((await ask(`/v1/events/verify${query}`)).json).toMatchObject({ intact: true, broken: null });
}

/** Everything in the database has its counterpart, and was acknowledged or settled. */
export async function checkDatabase({ database, writers, spender }: Load): Promise<void> {
  const storage = await openStorage(database.url, { readOnly: true });
  const report = await verifyChain(walkLog(storage.events));
  await storage.close();
  const keys = writers.flatMap((writer) => writer.keys);
  const actions = [...keys.flatMap((key) => key.actions), ...writers.flatMap((writer) => writer.ownerActions)];
  expect(report).toMatchObject({ intact: true, entries: actions.length + spender.keyIds.length });
  const { all, secretOfEntry } = database;
  expect(await database.damage()).toEqual([]);
  expect(await all('select id from keys order by 1')).toEqual([...keys.map(({ id }) => id), ...spender.keyIds].toSorted());
  const current = 'select count(*) from secrets where secrets.key_id = keys.id and valid_until is null';
  expect(await all(`select id from keys where (${current}) <> 1`)).toEqual([]);
  const logged = await all(`select ${secretOfEntry} from events where action in ('key.created', 'key.rotated')`);
  expect(await all('select id from secrets order by 1')).toEqual(logged.toSorted());
  const repeatable = writers.flatMap((writer) => writer.repeatables.map(({ keyId }) => keyId));
  expect(await all('select key_id from idempotency order by 1')).toEqual(repeatable.toSorted());
}
