/** What a reader of a guide has before them: a folder, commands, and free ports. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAIN, environment } from '../../packages/server/test/cli/command.js';
import { freePort } from '../services/free-port.js';

export interface GuideMachine {
  /** The folder that the guide is read in. */
  readonly folder: string;
  /** A place beside it, for what runs the guide. */
  readonly aside: string;
  readonly variables: Record<string, string>;
  /** The longest time that a step may take. */
  readonly patienceMs: number;
  /** Commands and files of the document, with free ports for those that it names. */
  toMachine(text: string): string;
  /** Writes a file of the document into the folder. */
  write(file: string, text: string): void;
  /** Output, with the ports that the document names. */
  toDocument(output: string): string;
  remove(): void;
}

/** Who reads a guide, where. */
export interface GuideReader {
  /** The folder that it is read in; by default an empty one. */
  readonly folder?: string;
  /** The ports that it names. */
  readonly ports: readonly number[];
  /** The longest time that a step may take; by default 60 000. */
  readonly patienceMs?: number;
  /** Commands that act otherwise than elsewhere on this machine: a shell script by name, given the free port in the place of each named. */
  commands(portOf: (named: number) => number): Readonly<Record<string, string>>;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICE_PORT = 8787;
const APP_PORT = 3000;

/**
 * In a clone of this repository that is installed and built: `latchkey`, `npm` and `npx` act as there, but for the ports. What `npm` installs
 * is what the clone has.
 */
const IN_CLONE: GuideReader = {
  ports: [SERVICE_PORT, APP_PORT, 3001],
  commands(portOf) {
    const port = portOf(SERVICE_PORT);
    const latchkey = `LATCHKEY_URL="\${LATCHKEY_URL:-http://127.0.0.1:${port}}" PORT="\${PORT:-${port}}" exec '${process.execPath}' '${MAIN}'`;
    const next = `PORT=${portOf(APP_PORT)} exec '${process.execPath}' '${join(import.meta.dirname, 'next-process.js')}'`;
    return {
      latchkey: `${latchkey} "$@"`,
      npm: `case "$*" in
  ci) exit 0 ;;
  start) ${latchkey} serve ;;
  "run dev") ${next} ;;
  "install "*) shift ;;
  *) echo "a guide has no npm $*" >&2; exit 64 ;;
esac
# The service brings the driver of SQLite along.
case " $* " in *" @latchkey/server "*) set -- "$@" @photostructure/sqlite ;; esac
for name; do
  name="\${name%@[0-9]*}"
  [ -d '${ROOT}'"node_modules/$name" ] || { echo "a guide has no package $name" >&2; exit 64; }
  mkdir -p "node_modules/$(dirname "$name")" && ln -sfn '${ROOT}'"node_modules/$name" "node_modules/$name"
done`,
      npx: `case "$1" in
  latchkey) shift; ${latchkey} "$@" ;;
  vitest) shift; exec '${process.execPath}' '${join(ROOT, 'node_modules/vitest/vitest.mjs')}' "$@" ;;
  *) echo "a guide has no npx $1" >&2; exit 64 ;;
esac`,
    };
  },
};

export async function createGuideMachine(reader: GuideReader = IN_CLONE): Promise<GuideMachine> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-guide-'));
  const [folder, aside] = [reader.folder ?? join(root, 'clone'), join(root, 'aside')];
  for (const path of [folder, aside]) mkdirSync(path, { recursive: true });
  const ports: (readonly [named: number, free: number])[] = [];
  for (const named of reader.ports) ports.push([named, await freePort(ports.map(([, taken]) => taken))]);
  writeCommands(
    aside,
    reader.commands((named) => ports.find(([each]) => each === named)?.[1] ?? named),
  );
  const toMachine = (text: string): string =>
    ports.reduce((all, [named, free]) => all.replaceAll(new RegExp(String.raw`\b${named}\b`, 'g'), String(free)), text);
  return {
    folder,
    aside,
    patienceMs: reader.patienceMs ?? 60_000,
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

function writeCommands(aside: string, commands: Readonly<Record<string, string>>): void {
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(aside, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(aside, name), 0o755);
  }
}
