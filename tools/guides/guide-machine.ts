/** What a reader of a guide has before them: an empty folder, `npm` and `npx` as in a built clone, and free ports. */
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

const SERVICE_PORT = 8787;
/** The ports that guides name. */
const PORTS = [SERVICE_PORT, 3000];

export async function createGuideMachine(): Promise<GuideMachine> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-guide-'));
  const [folder, aside] = [join(root, 'clone'), join(root, 'aside')];
  for (const path of [folder, aside]) mkdirSync(path);
  const ports: (readonly [named: number, free: number])[] = [];
  for (const named of PORTS) ports.push([named, await freePort(ports.map(([, taken]) => taken))]);
  const servicePort = ports.find(([named]) => named === SERVICE_PORT)?.[1] ?? SERVICE_PORT;
  writeCommands(aside, servicePort);
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

/** `npm` and `npx` as they act in a clone that is installed and built, but for the ports. */
function writeCommands(aside: string, port: number): void {
  const command = `exec '${process.execPath}' '${MAIN}'`;
  const scripts = {
    npm: `case "$*" in ci) ;; start) PORT=${port} ${command} serve ;; *) echo "a guide has no npm $*" >&2; exit 64 ;; esac`,
    npx: `[ "$1" = latchkey ] || { echo "a guide has no npx $1" >&2; exit 64; }
shift; LATCHKEY_URL="\${LATCHKEY_URL:-http://127.0.0.1:${port}}" ${command} "$@"`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(aside, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(aside, name), 0o755);
  }
}

/** Below the range from which systems take ports for those who ask for any, so that nobody gets it meanwhile. */
async function freePort(taken: readonly number[]): Promise<number> {
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
