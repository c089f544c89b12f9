/** What a command may touch of the process that it runs in. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { ExitCode } from './exit-codes.js';
import { createScrubber } from '../telemetry/scrub.js';
import { plainJson, plainText } from './plain-text.js';

export interface Terminal {
  readonly variables: NodeJS.ProcessEnv;
  /** Whether a person reads what is printed. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** Whether nothing is piped into the command. */
  readonly inputIsTerminal: boolean;
  /** What was asked for, to stdout, as it is: the caller has stripped what came from elsewhere. */
  print(text: string): void;
  /** A value as one line of JSON, to stdout. */
  printJson(value: unknown): void;
  /** What is said beside it, to stderr, stripped line by line, and of whatever looks like a token. */
  note(message: string): void;
  readInput(): Promise<string>;
  /** The stream that is piped into the command, for readers that do not hold all of it. */
  readonly input: NodeJS.ReadableStream;
  readText(path: string): string;
  /** How the process is to end. */
  finish(code: ExitCode): void;
}

export function processTerminal(process: NodeJS.Process): Terminal {
  const interactive = process.stdout.isTTY === true;
  // `latchkey keys list | head`: the reader has gone, and wants nothing more.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const scrub = createScrubber([]);
  return {
    variables: process.env,
    interactive,
    colour: interactive && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    inputIsTerminal: process.stdin.isTTY === true,
    print: (output) => void process.stdout.write(output),
    printJson: (value) => void process.stdout.write(`${plainJson(value)}\n`),
    note: (message) => void process.stderr.write(`${scrub(message).split('\n').map(plainText).join('\n')}\n`),
    readInput: async () => text(process.stdin),
    input: process.stdin,
    readText: (path) => readFileSync(path, 'utf8'),
    finish: (code) => {
      process.exitCode = code;
    },
  };
}
