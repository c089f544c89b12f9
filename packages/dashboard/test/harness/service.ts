/** The built service as a process of its own, on a free port, with a database of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from 'latchkey/client';

const COMMAND = fileURLToPath(new URL('../../../server/bin/latchkey.js', import.meta.url));

export interface RunningService {
  readonly url: string;
  readonly adminKey: string;
  /** The administrator's client, for what a test prepares and looks up behind the page. */
  readonly client: Client;
  readonly folder: string;
  /** Ends the process, and keeps the database. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and the same database. */
  start(): Promise<void>;
  /** Ends the process and removes everything. */
  remove(): Promise<void>;
}

export interface ServiceOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Fills the database before the service opens it. */
  readonly prepare?: (database: string) => Promise<void>;
}

export async function startService({ variables = {}, prepare }: ServiceOptions = {}): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-dashboard-'));
  const database = `file:${join(folder, 'latchkey.db')}`;
  const adminKey = 'the-admin-key-of-these-tests-0123456789';
  await prepare?.(database);
  const environment = {
    PATH: process.env['PATH'],
    DATABASE_URL: database,
    ADMIN_API_KEY: adminKey,
    LATCHKEY_WRITE_BEHIND_MS: '1000',
    ...variables,
  };
  let running = await launch({ PORT: '0', ...environment }, folder);
  const { url } = running;
  const stop = async (): Promise<void> => end(running.process);
  return {
    url,
    adminKey,
    client: createClient({ url, adminKey }),
    folder,
    stop,
    start: async () => {
      running = await launch({ ...environment, PORT: new URL(url).port }, folder);
    },
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Launched {
  readonly process: ChildProcess;
  readonly url: string;
}

async function launch(env: Readonly<Record<string, string | undefined>>, cwd: string): Promise<Launched> {
  const child = spawn(process.execPath, [COMMAND, 'serve'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The service ended with ${code}: ${said}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { listening } = JSON.parse(line) as { listening?: string };
      if (listening !== undefined) resolve({ process: child, url: listening });
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
