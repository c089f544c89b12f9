/**
 * The end of a service in the middle of its work, or of the database beneath it, on data that lives through all of it: killed,
 * and told to stop. What was acknowledged is there, and nothing is half there.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { openStorage, verifyChain, walkLog } from 'latchkey';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { ADMIN_KEY, serve, type ServedFolder } from '../cli/command.js';
import { createAsk, parallel, type Ask, type Fields } from './ask.js';
import { fileDatabase, serverDatabase, type CrashDatabase, type ServerDatabase } from './crash-database.js';
import { CrashSpender } from './crash-spender.js';
import { CrashWriter } from './crash-writer.js';
import { createDice, type Dice } from './dice.js';
import { PATIENT } from './fleet.js';

const ROUNDS = 50;
const TIMEOUT_MS = ROUNDS * 60_000;
const WRITERS = 5;
const SPENDERS = 4;

interface Load {
  readonly dice: Dice;
  readonly database: CrashDatabase;
  readonly writers: readonly CrashWriter[];
  readonly spender: CrashSpender;
}

async function openLoad(seed: number, database: CrashDatabase): Promise<{ readonly load: Load; readonly service: ServedFolder }> {
  onTestFinished(() => database.dispose());
  const service = await serveOn(database);
  const writers = Array.from({ length: WRITERS }, (_, index) => new CrashWriter(`owner-${index}`, createDice(seed + 1 + index)));
  return { load: { dice: createDice(seed), database, writers, spender: await CrashSpender.open(service.url) }, service };
}

async function serveOn({ url }: CrashDatabase): Promise<ServedFolder> {
  // After each kill, the next change waits for the lease of the service that is gone.
  const service = await serve({ DATABASE_URL: url, LATCHKEY_LEASE_MS: '1000', LATCHKEY_SHUTDOWN_MS: '600000', ...PATIENT });
  onTestFinished(async () => void (await service.stop()));
  return service;
}

/** All clients at once, without a pause, until no answer comes or it has ended; `end` is begun after so many answers. */
async function runUntilEnded({ writers, spender, dice }: Load, url: string, { after, end }: { after: number; end: () => Promise<void> }) {
  const ask = createAsk(url);
  let answers = 0;
  let over = false;
  const ending: Promise<void>[] = [];
  const begin = (): void => {
    const ended = end().finally(() => (over = true));
    // Where it fails, that is told once the clients have ended.
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

/** What of the limit's counter is stored, as another process sees it. */
async function savedUnits({ url }: CrashDatabase, keyId: string): Promise<number> {
  const storage = await openStorage(url, { readOnly: true });
  try {
    const [row] = await storage.counters.loadCounters([keyId]);
    return Number(row?.state.split(':').at(-1) ?? 0);
  } finally {
    await storage.close();
  }
}

describe('keeps every acknowledged change, and none half-made', () => {
  it('through 50 times kill -9 of the service, on a file', { timeout: TIMEOUT_MS }, async () => {
    await crashOften(fileDatabase(), () => 'service');
  });

  it.skipIf(findPostgres() === null)(
    'through 50 times kill -9 of the service and of PostgreSQL, of all of it or of a session',
    { timeout: TIMEOUT_MS },
    async () => {
      await crashOften(
        await serverDatabase(),
        (round) => (['service', 'postmaster', 'service', 'session', 'immediate'] as const)[round % 5] ?? 'service',
      );
    },
  );
});

/** What is killed: the service, or the server of its database: at once, in the way of a crash, or by one of its sessions. */
type Victim = 'service' | 'postmaster' | 'immediate' | 'session';

async function crashOften(database: CrashDatabase, victimOf: (round: number) => Victim): Promise<void> {
  const seed = Number(process.env['LATCHKEY_CRASH_SEED'] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const { load, service } = await openLoad(seed, database);
  try {
    await killOften(load, service, victimOf);
    await checkDatabase(load);
  } catch (error) {
    throw new Error(`To see it again: LATCHKEY_CRASH_SEED=${seed}`, { cause: error });
  }
}

async function killOften(load: Load, first: ServedFolder, victimOf: (round: number) => Victim): Promise<void> {
  const { dice, writers, spender } = load;
  let service = first;
  let head: Fields | null = null;
  for (let round = 1; round <= ROUNDS; round++) {
    const victim = victimOf(round);
    let saved = 0;
    const end = async (): Promise<void> => {
      try {
        // What is counted is written each second; a few of the rounds go on until that has been seen.
        if (round % 10 === 0) saved = await untilSaved(load);
        await new Promise((resolve) => setTimeout(resolve, dice.below(8)));
      } finally {
        await kill(victim, load, service);
      }
    };
    await runUntilEnded(load, service.url, { after: 10 + dice.below(80), end });
    // A service whose database was killed goes on by itself.
    if (victim === 'service') service = await serveOn(load.database);
    const ask = createAsk(service.url);
    await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200), { timeout: 60_000, interval: 20 });
    for (const writer of writers) await writer.settle(ask);
    await Promise.all(writers.map(async (writer) => writer.check(ask)));
    await Promise.all(writers.map(async (writer) => writer.repeat(2, ask)));
    await spender.check(ask, saved);
    if (round % 10 === 0) await checkLog(ask, head);
    head = (await ask('/v1/events/head')).json;
  }
  spender.checkReadings();
  expect((await service.stop()).code).toBe(0);
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
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 60_000, interval: 5 });
    await vi.waitFor(async () => server.query('select 1'), { timeout: 60_000, interval: 20 });
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
    { timeout: 60_000, interval: 20 },
  );
}

/** The log is whole, and still goes through the entry that was last seen before the crash. */
async function checkLog(ask: Ask, head: Fields | null): Promise<void> {
  const query = head === null ? '' : `?seq=${head['seq']}&hash=${head['hash']}`;
  expect((await ask(`/v1/events/verify${query}`)).json).toMatchObject({ intact: true, broken: null });
}

/** Everything in the database has its counterpart, and was acknowledged or settled. */
async function checkDatabase({ database, writers, spender }: Load): Promise<void> {
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

it('told to stop under load, finishes what is under way and loses nothing, figures included', async () => {
  const { load, service } = await openLoad(1, fileDatabase());
  const stop = async (): Promise<void> => {
    const { code, stdout } = await service.stop();
    expect([code, stdout.includes('"msg":"stopped"')]).toEqual([0, true]);
  };
  await runUntilEnded(load, service.url, { after: 300, end: stop });
  const again = await serveOn(load.database);
  const ask = createAsk(again.url);
  // A call that was not answered was not begun: nothing is there that nobody was told of.
  for (const writer of load.writers) await writer.expectLostUndone(ask);
  await Promise.all(load.writers.map(async (writer) => writer.check(ask)));
  await load.spender.checkExactly(ask);
  load.spender.checkReadings();
  await again.stop();
  await checkDatabase(load);
});

it('told to stop, still reads and answers a request that it has begun to read', async () => {
  const { load, service } = await openLoad(2, fileDatabase());
  const { hostname, port } = new URL(service.url);
  const body = '{"name":"slow","owner":"slow"}';
  const sockets = await parallel(3, async () => {
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/keys HTTP/1.1\r\nHost: x\r\nX-Admin-Key: ${ADMIN_KEY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    // "100 Continue" says that it is under way.
    await once(socket, 'data');
    return socket;
  });
  let said = '';
  service.child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  service.child.kill('SIGTERM');
  await expect.poll(() => said).toContain('"msg":"stopping"');
  const answers = await Promise.all(
    sockets.map(async (socket) => {
      socket.write(body);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      return answer;
    }),
  );
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  expect((await service.ended).code).toBe(0);
  const again = await serveOn(load.database);
  expect((await createAsk(again.url)('/v1/keys?owner=slow')).json['data']).toHaveLength(3);
});
