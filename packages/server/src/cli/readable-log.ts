/** The log as a person reads it on a terminal: one short line for each entry, in place of JSON. */
import { plainText } from './plain-text.js';
import type { Terminal } from './terminal.js';

const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** A destination for the logger. A line that is no JSON is shown as it is. */
export function readableLog(terminal: Pick<Terminal, 'print' | 'colour'>): { write(line: string): void } {
  return {
    write(line) {
      terminal.print(`${readableLine(line, terminal.colour)}\n`);
    },
  };
}

function readableLine(line: string, colour: boolean): string {
  const entry = parseEntry(line);
  if (entry === null) return plainText(line.trimEnd());
  const { level, time, msg, err, ...rest } = entry;
  const name = typeof level === 'string' ? level : 'info';
  const shown = colour ? `\u001b[${COLOURS[name] ?? 0}m${name.padEnd(5)}\u001b[0m` : name.padEnd(5);
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  return `${clock} ${shown} ${plainText([textOf(msg), describe(rest), errorText(err)].filter((part) => part !== '').join(' '))}`;
}

function parseEntry(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : null;
  } catch {
    return null;
  }
}

/** A request as `POST /v1/keys 201 3 ms`; anything else as `name=value`. */
function describe(fields: Readonly<Record<string, unknown>>): string {
  const { method, route, status, durationMs, requestId, ...rest } = fields;
  const others = Object.entries(rest).flatMap(([name, value]) => (value === null ? [] : [`${name}=${textOf(value)}`]));
  if (typeof method !== 'string' || typeof durationMs !== 'number')
    return [...others, ...(requestId === undefined ? [] : [textOf(requestId)])].join(' ');
  return [method, textOf(route), textOf(status), `${durationMs.toFixed(1)} ms`, ...others].join(' ');
}

function errorText(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? `(${textOf(error.message)})` : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
