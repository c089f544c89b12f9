/** A real PgBouncer in transaction mode before a PostgreSQL, on a port of its own. */
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { findUser, spawnService } from './service-process.js';
import { untilListening } from './until-listening.js';

export interface PgBouncer {
  /** The URL of a database on the server behind it, led through it. */
  through(url: string): string;
  dispose(): Promise<void>;
}

/** Debian keeps it where only root's `PATH` looks; null where there is none. */
export function findPgBouncer(): string | null {
  const folders = ['/usr/sbin', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path)) ?? null;
}

export interface PgBouncerOptions {
  /** A database of the server that it stands before, with user and password. */
  readonly before: string;
  /** Sessions of the server that all clients share; by default 5. */
  readonly sessions?: number;
}

export async function startPgBouncer({ before, sessions = 5 }: PgBouncerOptions): Promise<PgBouncer> {
  const program = findPgBouncer();
  if (program === null) throw new Error('PgBouncer is not installed: apt-get install pgbouncer');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pgbouncer-'));
  const { hostname, port: serverPort, username, password } = new URL(before);
  const port = await freePort();
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${serverPort}`,
    '[pgbouncer]',
    'pool_mode = transaction',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${join(folder, 'users.txt')}`,
    `default_pool_size = ${sessions}`,
    'max_client_conn = 500',
  ];
  writeFileSync(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`);
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${password}"\n`);
  const user = findUser('postgres');
  if (user !== null) for (const name of ['', 'pgbouncer.ini', 'users.txt']) chownSync(join(folder, name), user.uid, user.gid);
  const child = spawnService(user, [program, join(folder, 'pgbouncer.ini')]);
  async function dispose(): Promise<void> {
    await child.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await untilListening(child, port, 'PgBouncer');
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    through(url) {
      const own = new URL(url);
      own.port = String(port);
      return own.href;
    },
    dispose,
  };
}
