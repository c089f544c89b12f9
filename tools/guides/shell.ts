/** The two shells of a reader: their own, and the one on a terminal in which the service runs. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuideMachine } from './guide-machine.js';

export interface GuideShell {
  /** Writes to the shell, and gives what it printed from then on once `isDone` says so of it; else, as far as it came, `cut` with why. */
  exchange(input: string, isDone: (output: string) => boolean): Promise<{ readonly output: string; readonly cut: string | null }>;
  end(): Promise<void>;
}

export interface BlockOutcome {
  readonly output: string;
  /** Of the last command; null where the shell did not come back from the block. */
  readonly status: number | null;
  readonly cut: string | null;
}

/** A POSIX shell in which blocks run one after the other, as if they were pasted: variables, functions and jobs stay. */
export function openShell(machine: GuideMachine): GuideShell & { run(block: string): Promise<BlockOutcome> } {
  const child = spawn('sh', [], { cwd: machine.folder, env: machine.variables, detached: true });
  child.stdin.write('exec 2>&1\n');
  const shell = shellOf(child, machine);
  return {
    ...shell,
    async run(block) {
      const file = join(machine.aside, 'block.sh');
      writeFileSync(file, `${block}\n`);
      const mark = `done-${randomUUID()}`;
      const ending = new RegExp(String.raw`${mark} (\d+)\n`);
      const { output, cut } = await shell.exchange(`. '${file}' < /dev/null; echo "${mark} $?"\n`, (text) => ending.test(text));
      const status = ending.exec(output)?.[1];
      return { output: output.replace(ending, ''), status: status === undefined ? null : Number(status), cut };
    },
    async end() {
      // With it end the jobs that the guide left in the background.
      if (child.pid !== undefined) killGroup(child.pid);
      await shell.end();
    },
  };
}

/** An interactive shell on a pseudo-terminal of util-linux, without prompts and echo. */
export async function openTerminal(machine: GuideMachine): Promise<GuideShell> {
  const env = { ...machine.variables, TERM: 'dumb', PS1: '', PS2: '' };
  const child = spawn('script', ['-qec', 'stty -echo; echo ready; exec sh -i', '/dev/null'], { cwd: machine.folder, env });
  const terminal = shellOf(child, machine);
  await terminal.exchange('', (output) => output === 'ready\n');
  return terminal;
}

function shellOf(child: ChildProcessWithoutNullStreams, { patienceMs }: GuideMachine): GuideShell {
  let output = '';
  let listener = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk.replaceAll('\r', '');
      listener();
    });
  }
  // A shell that ended takes no more input; that it ended is said below.
  child.stdin.on('error', () => undefined);
  const closed = new Promise<'closed'>((resolve) => child.on('close', () => resolve('closed')));
  return {
    async exchange(input, isDone) {
      output = '';
      const done = new Promise<'done'>((resolve) => {
        listener = () => void (isDone(output) && resolve('done'));
      });
      child.stdin.write(input);
      listener();
      const timer = new AbortController();
      const late = new Promise<'late'>((resolve) => {
        const handle = setTimeout(resolve, patienceMs, 'late');
        timer.signal.addEventListener('abort', () => clearTimeout(handle));
      });
      const how = await Promise.race([done, closed, late]);
      timer.abort();
      const why = { done: null, closed: 'the shell ended', late: `it was not done within ${patienceMs / 1000} s` };
      return { output, cut: why[how] };
    },
    async end() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
