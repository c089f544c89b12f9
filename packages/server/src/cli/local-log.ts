/** An audit log that is read on the spot: in a database, beside a service or without one, or in an export. */
import { createReadStream } from 'node:fs';
import {
  checkLog,
  createChainCheck,
  keptBreak,
  openStorage,
  parseInstant,
  toIso,
  walkLog,
  type ChainReport,
  type EventView,
  type LogHead,
} from 'latchkey';
import { UsageError } from './failures.js';
import { loadConfig } from './load-config.js';
import { checkInSteps, STEP, type CheckQuery, type LogSource, type Progress } from './log-source.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';

/** Reads without writing; works beside a running service. */
export async function databaseLog(terminal: Terminal, flags: SettingFlags): Promise<LogSource> {
  const storage = await openStorage(loadConfig(terminal, flags).database, { readOnly: true });
  const { events } = storage;
  return {
    async *walk() {
      for await (const event of walkLog(events)) yield { ...event, at: toIso(event.at) };
    },
    head: async () => events.readHead(),
    verify: async (query, progress) => checkInSteps(async (step) => checkLog(events, step), query, progress),
    close: async () => storage.close(),
  };
}

/** Reads what `latchkey events --export` printed, one entry a line: from a file, or with `-` from what is piped in. */
export function fileLog({ input: piped }: Terminal, path: string): LogSource {
  const readExport = (): AsyncGenerator<readonly EventView[]> => entriesOf(path === '-' ? piped : createReadStream(path));
  return {
    async *walk() {
      for await (const entries of readExport()) yield* entries;
    },
    async head() {
      let last: LogHead | null = null;
      for await (const entries of readExport()) last = entries.at(-1) ?? last;
      return last && { seq: last.seq, hash: last.hash };
    },
    verify: async (query, progress) => checkExport(readExport(), query, progress),
    close: async () => Promise.resolve(),
  };
}

/** Entries up to `after` are passed over, but those that were kept must be there as they were. */
async function checkExport(
  batches: AsyncIterable<readonly EventView[]>,
  { after, expect }: CheckQuery,
  progress: Progress,
): Promise<ChainReport> {
  const check = createChainCheck({ after, expect });
  const kept = [after, expect].filter((head) => head !== undefined);
  let [entries, told] = [0, 0];
  for await (const batch of batches) {
    for (const entry of batch) {
      if (entry.seq > (after?.seq ?? 0)) {
        entries += 1;
        // The hash is over the time as it is stored. A time that does not parse hashes to something else, and is found so.
        if (check.next({ ...entry, at: parseInstant(entry.at) ?? -1 }) !== null) return { ...check.finish(false), complete: false };
        continue;
      }
      const broken = kept.find(({ seq, hash }) => seq === entry.seq && hash !== entry.hash);
      if (broken !== undefined) return { intact: false, entries, head: after ?? null, broken: keptBreak(broken, entry), complete: false };
    }
    if (entries - told < STEP) continue;
    told = entries;
    progress(entries);
  }
  return { ...check.finish(), complete: true };
}

const CHUNK_MAX = 16 * 1024 * 1024;

/** The entries of an export, some at a time: a promise for each would take longer than to check it. */
async function* entriesOf(input: NodeJS.ReadableStream): AsyncGenerator<readonly EventView[]> {
  const decoder = new TextDecoder();
  let line = 0;
  let rest = '';
  const parse = (lines: readonly string[]): readonly EventView[] =>
    lines.flatMap((text) => {
      line += 1;
      return text.trim() === '' ? [] : [parseEntry(text, line)];
    });
  try {
    for await (const chunk of input) {
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
