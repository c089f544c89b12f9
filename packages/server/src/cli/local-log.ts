/** A change log that is read on the spot: in a database, beside a service or without one, or in an export. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { openStorage, parseInstant, toIso, verifyChain, walkLog, type EventView, type LogEvent, type LogHead } from 'latchkey';
import { UsageError } from './failures.js';
import { loadConfig } from './load-config.js';
import type { LogSource } from './log-source.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';

/** Reads without writing; works beside a running service. */
export async function databaseLog(terminal: Terminal, flags: SettingFlags): Promise<LogSource> {
  const storage = await openStorage(loadConfig(terminal, flags).database, { readOnly: true });
  return {
    async *walk() {
      for await (const event of walkLog(storage.events)) yield { ...event, at: toIso(event.at) };
    },
    head: async () => storage.events.readHead(),
    verify: async (expected) => verifyChain(walkLog(storage.events), expected),
    close: async () => storage.close(),
  };
}

/** Reads what `latchkey events --export` printed, one entry a line: from a file, or with `-` from what is piped in. */
export function fileLog({ input: piped }: Terminal, path: string): LogSource {
  const readExport = (): AsyncGenerator<EventView> => entriesOf(path === '-' ? piped : createReadStream(path, 'utf8'));
  return {
    walk: () => readExport(),
    async head() {
      let last: LogHead | null = null;
      for await (const { seq, hash } of readExport()) last = { seq, hash };
      return last;
    },
    verify: async (expected) => verifyChain(toStored(readExport()), expected),
    close: async () => Promise.resolve(),
  };
}

async function* entriesOf(input: NodeJS.ReadableStream): AsyncGenerator<EventView> {
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() !== '') yield parseEntry(text, line);
    }
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

/** The hash is over the time as it is stored. A time that does not parse hashes to something else, and is found so. */
async function* toStored(events: AsyncIterable<EventView>): AsyncGenerator<LogEvent> {
  for await (const event of events) yield { ...event, at: parseInstant(event.at) ?? -1 };
}
