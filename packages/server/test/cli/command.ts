/** The command `latchkey`, in this process or in one of its own, and a service that it serves, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli/program.js';
import { processTerminal } from '../../src/cli/terminal.js';

export const MAIN = fileURLToPath(new URL('../../bin/latchkey.js', import.meta.url));
export const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

type Variables = Readonly<Record<string, string>>;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly variables?: Variables;
  readonly input?: string;
}

/** Nothing of the test's own environment but what a process needs. */
export function environment(variables: Variables = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...variables };
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a command in this process, on a terminal of its own: to start a process takes longer than most commands. They take
 * turns, because a process has one working directory.
 */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const outcome = turn.then(async () => within(PATIENCE_MS, runHere(args, options), args));
  turn = outcome.catch(() => undefined);
  return outcome;
}

/** A command that hangs does not keep the next ones of its worker from their turn. */
const PATIENCE_MS = 50_000;

async function within(ms: number, outcome: Promise<Outcome>, args: readonly string[]): Promise<Outcome> {
  const before = process.cwd();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      process.chdir(before);
      reject(new Error(`latchkey ${args[0] ?? ''} did not end within ${ms} ms.`));
    }, ms);
  });
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}

async function runHere(args: readonly string[], { cwd, variables, input }: RunOptions): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof output) => ({ on: () => undefined, write: (text: string) => (output[name] += text) });
  const stdin = Readable.from(input === undefined ? [] : [input]);
  const own = { env: environment(variables), stdin, stdout: stream('stdout'), stderr: stream('stderr'), exitCode: 0 };
  const before = process.cwd();
  process.chdir(cwd ?? tmpdir());
  try {
    await runCommandLine(args, processTerminal(own as unknown as NodeJS.Process), 'of this test');
  } finally {
    process.chdir(before);
  }
  return { code: own.exitCode, ...output };
}

/** Runs the built command as a process of its own. */
export async function runProcess(args: readonly string[], { cwd, variables, input }: RunOptions = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: cwd ?? tmpdir(), env: environment(variables) });
  child.stdin.end(input ?? '');
  return outcomeOf(child);
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...output };
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

interface Listening {
  readonly url: string;
  /** Where metrics listen, if they have a port of their own. */
  readonly metricsUrl: string | undefined;
}

export interface ServedFolder extends Listening {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Runs a command against this service, as its administrator. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  stop(): Promise<Outcome>;
}

/** `latchkey serve` on a free port. The service's folder is removed when it is stopped. */
export async function serve(variables: Variables = {}): Promise<ServedFolder> {
  const folder = temporaryFolder();
  const env = environment({ PORT: '0', ADMIN_API_KEY: ADMIN_KEY, LATCHKEY_WRITE_BEHIND_MS: '1000', ...variables });
  const child = spawn(process.execPath, [MAIN, 'serve'], { cwd: folder.path, env });
  const ended = outcomeOf(child);
  const { url, metricsUrl } = await listening(child, ended);
  return {
    url,
    metricsUrl,
    folder: folder.path,
    child,
    ended,
    run: async (args, options = {}) =>
      run(args, { cwd: folder.path, ...options, variables: { LATCHKEY_URL: url, LATCHKEY_ADMIN_KEY: ADMIN_KEY, ...options.variables } }),
    async stop() {
      child.kill('SIGTERM');
      const outcome = await ended;
      folder.remove();
      return outcome;
    },
  };
}

async function listening(child: ChildProcess, ended: Promise<Outcome>): Promise<Listening> {
  const found = new Promise<Listening>((resolve) => {
    let output = '';
    const search = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, url, metricsUrl] = /"listening":"([^"]+)",(?:"metrics":"([^"]+)",)?"database"/.exec(output) ?? [];
      if (url === undefined) return;
      // A soak goes on for long: what a search of all that was ever printed costs grows with it.
      child.stdout?.off('data', search);
      resolve({ url, metricsUrl });
    };
    child.stdout?.on('data', search);
  });
  const failed = ended.then(({ stdout, stderr }): never => {
    throw new Error(`serve ended before it listened: ${stdout}${stderr}`);
  });
  failed.catch(() => undefined);
  return Promise.race([found, failed]);
}
