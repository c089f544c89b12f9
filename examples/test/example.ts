/** An example as a stranger has it: in a folder of its own, with the packed library installed, built, and run as a process. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, outcomeOf } from '../../packages/server/test/cli/command.js';
import { runGuide } from '../../tools/guides/run-guide.js';
import { install, type Manifest } from '../../tools/packed.js';
import { packedLibrary } from '../../tools/services/packed-library.js';

type Variables = Readonly<Record<string, string>>;

export interface Example {
  /** Its process, on a free port, in a folder that is empty or that an earlier one has left. */
  start(variables?: Variables, folder?: string): Promise<RunningExample>;
  /** All that its processes have printed so far. */
  printed(): string;
  /** What one of its programs prints. */
  run(file: string, args: readonly string[], variables?: Variables): string;
  /** Its README, with every command run and all output compared; how many steps that were. */
  walk(): Promise<number>;
  /** With all of its processes. */
  remove(): void;
}

export interface RunningExample {
  readonly url: string;
  /** Where its databases are. */
  readonly folder: string;
  /** Asks it to end, as a supervisor does; its exit code. */
  stop(): Promise<number | null>;
}

/** Takes some seconds: npm really installs. */
export async function installExample(name: string): Promise<Example> {
  const root = mkdtempSync(join(tmpdir(), `latchkey-${name}-`));
  const folder = join(root, name);
  const source = fileURLToPath(new URL(`../${name}`, import.meta.url));
  cpSync(source, folder, { recursive: true, filter: (path) => !/^(?:node_modules|dist|.*\.db.*)$/.test(basename(path)) });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  install(folder, manifest, await packedLibrary());
  run('npm', ['run', 'build'], { folder });
  let printed = '';
  const children: ChildProcess[] = [];
  return {
    async start(variables = {}, data = mkdtempSync(join(root, 'data-'))) {
      const child = spawn(process.execPath, [join(folder, 'dist/main.js')], { cwd: data, env: environment({ PORT: '0', ...variables }) });
      children.push(child);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      return running(child, data);
    },
    printed: () => printed,
    run: (file, args, variables) => run(process.execPath, [file, ...args], { folder, variables }),
    async walk() {
      const markdown = readFileSync(join(folder, 'README.md'), 'utf8');
      return runGuide({ name: `examples/${name}/README.md`, markdown }, { folder, ports: [3000], commands });
    },
    remove() {
      // Those that a test which went wrong has left.
      for (const child of children) child.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where, of all that was printed and of all files of a folder, something is that must be nowhere. */
export function findSecrets(secrets: readonly string[], { printed, folder }: { printed: string; folder: string }): readonly string[] {
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'latin1')] as const);
  return [['what was printed', printed] as const, ...files].flatMap(([where, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret.slice(0, 4)}… in ${where}`),
  );
}

/** `npm` as it is, but for what was installed already, and the port. */
function commands(portOf: (named: number) => number): Readonly<Record<string, string>> {
  const path = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return { npm: `[ "$*" = install ] || PORT=${portOf(3000)} exec '${path}' "$@"` };
}

async function running(child: ChildProcess, folder: string): Promise<RunningExample> {
  const ended = outcomeOf(child);
  const listening = new Promise<string>((resolve) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /listens on (http:\/\/[\d.:]+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const failed = ended.then(({ stdout, stderr }): never => {
    throw new Error(`It ended before it listened: ${stdout}${stderr}`);
  });
  failed.catch(() => undefined);
  return {
    url: await Promise.race([listening, failed]),
    folder,
    async stop() {
      child.kill('SIGTERM');
      return (await ended).code;
    },
  };
}

interface Circumstances {
  readonly folder: string;
  readonly variables?: Variables | undefined;
}

function run(command: string, args: readonly string[], { folder, variables }: Circumstances): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env: environment(variables), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`);
  return stdout.trimEnd();
}
