/** What a reader of a guide has before them: an empty folder, `npm`, `npx` and `latchkey` as in a built clone, and free ports. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAIN, environment } from '../cli/command.js';

export interface GuideMachine {
  /** The folder that the guide is read in. */
  readonly folder: string;
  /** A place beside it, for what runs the guide. */
  readonly aside: string;
  readonly variables: Record<string, string>;
  /** Commands and files of the document, with free ports for those that it names. */
  toMachine(text: string): string;
  /** Writes a file of the document into the folder. */
  write(file: string, text: string): void;
  /** Output, with the ports that the document names. */
  toDocument(output: string): string;
  remove(): void;
}

export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SERVICE_PORT = 8787;
/** The ports that guides name. */
const PORTS = [SERVICE_PORT, 3000, 3001];

export async function createGuideMachine(): Promise<GuideMachine> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-guide-'));
  const [folder, aside] = [join(root, 'clone'), join(root, 'aside')];
  for (const path of [folder, aside]) mkdirSync(path);
  const ports: (readonly [named: number, free: number])[] = [];
  for (const named of PORTS) ports.push([named, await freePort(ports.map(([, taken]) => taken))]);
  const toMachine = (text: string): string =>
    ports.reduce((all, [named, free]) => all.replaceAll(new RegExp(String.raw`\b${named}\b`, 'g'), String(free)), text);
  writeCommands(aside, toMachine);
  return {
    folder,
    aside,
    variables: environment({ PATH: [aside, process.env['PATH']].join(delimiter), NO_COLOR: '1' }),
    toMachine,
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), toMachine(`${text}\n`));
    },
    toDocument: (output) => ports.reduce((text, [named, free]) => text.replaceAll(`:${free}`, `:${named}`), output),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The commands as they act in a clone that is installed and built, but for the ports. */
function writeCommands(aside: string, toMachine: (text: string) => string): void {
  const url = toMachine(`http://127.0.0.1:${SERVICE_PORT}`);
  const latchkey = `LATCHKEY_URL="\${LATCHKEY_URL:-${url}}" PORT="\${PORT:-${toMachine(String(SERVICE_PORT))}}" exec '${process.execPath}' '${MAIN}'`;
  const next = `PORT=${toMachine('3000')} exec '${process.execPath}' '${join(import.meta.dirname, 'next-process.js')}'`;
  const scripts = {
    latchkey: `${latchkey} "$@"`,
    npm: `case "$*" in
  ci) exit 0 ;;
  start) ${latchkey} serve ;;
  "run dev") ${next} ;;
  "install "*) shift ;;
  *) echo "a guide has no npm $*" >&2; exit 64 ;;
esac
for name; do
  [ -d '${ROOT}'"node_modules/$name" ] || { echo "a guide has no package $name" >&2; exit 64; }
  mkdir -p "node_modules/$(dirname "$name")" && ln -sfn '${ROOT}'"node_modules/$name" "node_modules/$name"
done`,
    npx: `[ "$1" = latchkey ] || { echo "a guide has no npx $1" >&2; exit 64; }
shift; ${latchkey} "$@"`,
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
