/** What a reader of a guide has before them: a folder, commands, and free ports. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { MAIN, environment } from '../../packages/server/test/cli/command.js';

export interface GuideMachine {
  /** The folder that the guide is read in. */
  readonly folder: string;
  /** A place beside it, for what runs the guide. */
  readonly aside: string;
  readonly variables: Record<string, string>;
  /** Commands of the document, with free ports for those that it names. */
  toMachine(commands: string): string;
  /** Output, with the ports that the document names. */
  toDocument(output: string): string;
  remove(): void;
}

/** Who reads a guide, where. */
export interface Reader {
  /** The folder that it is read in; by default an empty one. */
  readonly folder?: string;
  /** The ports that it names. */
  readonly ports: readonly number[];
  /** Commands that act otherwise than elsewhere on this machine: a shell script by name, given the free port in the place of each named. */
  commands(portOf: (named: number) => number): Readonly<Record<string, string>>;
}

const SERVICE_PORT = 8787;

/** In a clone of this repository that is installed and built: `npm` and `npx` act as there, but for the ports. */
const IN_CLONE: Reader = {
  ports: [SERVICE_PORT, 3000],
  commands(portOf) {
    const command = `exec '${process.execPath}' '${MAIN}'`;
    const port = portOf(SERVICE_PORT);
    return {
      npm: `case "$*" in ci) ;; start) PORT=${port} ${command} serve ;; *) echo "a guide has no npm $*" >&2; exit 64 ;; esac`,
      npx: `[ "$1" = latchkey ] || { echo "a guide has no npx $1" >&2; exit 64; }
shift; LATCHKEY_URL="\${LATCHKEY_URL:-http://127.0.0.1:${port}}" ${command} "$@"`,
    };
  },
};

export async function createGuideMachine(reader: Reader = IN_CLONE): Promise<GuideMachine> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-guide-'));
  const [folder, aside] = [reader.folder ?? join(root, 'clone'), join(root, 'aside')];
  for (const path of [folder, aside]) mkdirSync(path, { recursive: true });
  const ports: (readonly [named: number, free: number])[] = [];
  for (const named of reader.ports) ports.push([named, await freePort(ports.map(([, taken]) => taken))]);
  writeCommands(
    aside,
    reader.commands((named) => ports.find(([each]) => each === named)?.[1] ?? named),
  );
  return {
    folder,
    aside,
    variables: environment({ PATH: [aside, process.env['PATH']].join(delimiter), NO_COLOR: '1' }),
    toMachine: (commands) =>
      ports.reduce((text, [named, free]) => text.replaceAll(new RegExp(String.raw`\b${named}\b`, 'g'), String(free)), commands),
    toDocument: (output) => ports.reduce((text, [named, free]) => text.replaceAll(`:${free}`, `:${named}`), output),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function writeCommands(aside: string, commands: Readonly<Record<string, string>>): void {
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(aside, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(aside, name), 0o755);
  }
}

/** Below the range from which systems take ports for those who ask for any, so that nobody gets it meanwhile. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (let port = 20_000 + (process.pid % 5_000) * 2; port < 32_000; port++) {
    if (!taken.includes(port) && (await canListen(port))) return port;
  }
  throw new Error('No port from 20000 to 31999 is free.');
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
