/** A real PostgreSQL for tests: a server of its own in a temporary folder, as durable as one in production, gone when it is disposed of. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.js';
import { asUser, findUser, spawnService, type ServiceProcess } from './service-process.js';

/** What is known of a running server by its port alone. */
export interface PostgresAccess {
  readonly port: number;
  /** As the superuser, with its password. */
  url(database?: string): string;
  /** A database of its own; its URL. */
  createDatabase(): Promise<string>;
  /** Runs statements as the superuser, in the database of the URL or in `postgres`; the rows of the last one. */
  query(text: string, url?: string): Promise<readonly Record<string, unknown>[]>;
}

export interface PostgresServer extends PostgresAccess {
  /** Holds its data and its Unix socket. */
  readonly folder: string;
  /** `fast` ends every session in order; `immediate` as in a crash; `kill` lets the server itself do nothing any more. */
  stop(how?: 'fast' | 'immediate' | 'kill'): Promise<void>;
  /** After `stop`. Resolves when it answers. */
  start(): Promise<void>;
  /** Another server that follows this one; of its own, and to be disposed of. */
  replicate(): Promise<PostgresServer>;
  /** Makes a server that follows another one to be written itself. Resolves when it can be. */
  promote(): Promise<void>;
  /** Appends lines to its configuration, which the next start or reload reads. */
  configure(...lines: readonly string[]): void;
  /** Replaces who is let in, and how; read like its configuration. */
  configureAccess(...lines: readonly string[]): void;
  /** Stops it and removes all that it left. */
  dispose(): Promise<void>;
}

const PASSWORD = 'the-password-of-the-superuser';

/** The folder of PostgreSQL's own programs: the newest of those that Debian installs, or wherever `PATH` has them; null without any. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

export async function startPostgres(): Promise<PostgresServer> {
  const programs = findPostgres();
  if (programs === null) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return startIn(programs, (folder) => initialise(programs, folder));
}

async function startIn(programs: string, fill: (folder: string) => void): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  const user = findUser('postgres');
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const server = createServer(programs, { folder, port: await freePort() });
  try {
    fill(folder);
    await server.start();
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

function initialise(programs: string, folder: string): void {
  const user = findUser('postgres');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  if (user !== null) chownSync(passwordFile, user.uid, user.gid);
  const version = Number(/\d+/.exec(execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[0]);
  // A language's order of letters, so that whoever relies on the order of bytes must say so.
  const locale = version >= 15 ? ['--locale-provider=icu', '--icu-locale=en-US'] : [];
  const [command, ...parameters] = asUser(user, [
    join(programs, 'initdb'),
    `--pgdata=${join(folder, 'data')}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    ...locale,
  ]);
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
}

export function accessPostgres(port: number): PostgresAccess {
  const url = (database = 'postgres'): string => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;

  async function query(text: string, of = url()): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: of });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const result = (await client.query(text)) as pg.QueryResult | readonly pg.QueryResult[];
      const last = Array.isArray(result) ? (result as readonly pg.QueryResult[]).at(-1) : (result as pg.QueryResult);
      return (last?.rows ?? []) as readonly Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  return {
    port,
    url,
    query,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(`create database ${name}`);
      return url(name);
    },
  };
}

function createServer(programs: string, { folder, port }: { readonly folder: string; readonly port: number }): PostgresServer {
  const data = join(folder, 'data');
  const access = accessPostgres(port);
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, 'max_connections=200'];
  let running: ServiceProcess | null = null;

  async function start(): Promise<void> {
    // What is left of one that was killed may need a moment to be gone.
    for (let attempt = 0; attempt < 1200; attempt += 1) {
      running ??= spawnService(findUser('postgres'), [
        join(programs, 'postgres'),
        '-D',
        data,
        ...settings.flatMap((setting) => ['-c', setting]),
      ]);
      if (running.exited) running = null;
      else if (await access.query('select 1').catch(() => null)) return;
      await wait(100);
    }
    throw new Error(`PostgreSQL did not start: ${running?.output() ?? ''}`);
  }

  async function stop(how: 'fast' | 'immediate' | 'kill' = 'fast'): Promise<void> {
    await running?.end(({ fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const)[how]);
    running = null;
  }

  return {
    ...access,
    folder,
    start,
    stop,
    replicate: () =>
      startIn(programs, (into) => {
        const from = [`--dbname=${access.url()}`, '--write-recovery-conf', '--checkpoint=fast'];
        const [command, ...parameters] = asUser(findUser('postgres'), [
          join(programs, 'pg_basebackup'),
          `--pgdata=${join(into, 'data')}`,
          ...from,
        ]);
        execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
      }),
    async promote() {
      await access.query('select pg_promote(true, 30)');
    },
    configure: (...lines) => appendFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`),
    configureAccess: (...lines) => writeFileSync(join(data, 'pg_hba.conf'), `${lines.join('\n')}\n`),
    async dispose() {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
