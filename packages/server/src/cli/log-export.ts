/** An export of the audit log, as `latchkey events --export` printed it: one entry a line. */
import { createReadStream } from 'node:fs';
import type { EventView } from 'latchkey';
import { UsageError } from './failures.js';
import type { Terminal } from './terminal.js';

const CHUNK_MAX = 16 * 1024 * 1024;

/** The entries of an export, some at a time: a promise for each would take longer than to check it. */
export async function* readExport(terminal: Terminal, path: string): AsyncGenerator<readonly EventView[]> {
  const input = path === '-' ? terminal.input : createReadStream(path);
  const decoder = new TextDecoder();
  let line = 0;
  let rest = '';
  const parse = (lines: readonly string[]): readonly EventView[] =>
    lines.flatMap((text) => {
      line += 1;
      return text.trim() === '' ? [] : [parseEntry(text, line)];
    });
  try {
    for await (const chunk of input as AsyncIterable<string | Buffer>) {
      const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > CHUNK_MAX) throw new UsageError(`Line ${line + 1} of the export is no entry of a log.`);
      yield parse(lines);
    }
    yield parse([rest + decoder.decode()]);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('The export cannot be read: check that the file exists and that this user may read it.');
  }
}

function parseEntry(text: string, line: number): EventView {
  try {
    const entry: unknown = JSON.parse(text);
    if (typeof entry === 'object' && entry !== null && isEntry({ ...entry })) return entry as EventView;
  } catch {
    // Said below.
  }
  throw new UsageError(`Line ${line} of the export is no entry of a log.`);
}

function isEntry(fields: Readonly<Record<string, unknown>>): boolean {
  const texts = ['at', 'action', 'hash', 'previousHash'].every((name) => typeof fields[name] === 'string');
  const objects = ['actor', 'target'].every((name) => typeof fields[name] === 'object' && fields[name] !== null);
  return Number.isSafeInteger(fields['seq']) && texts && objects;
}
