/** An audit log that is read on the spot: in a database, beside a service or without one, or in an export. */
import { type ChainReport, type EventView, type LogHead } from 'latchkey';
import { checkLog, createChainCheck, keptBreak, openStorage, parseInstant, toIso, walkLog } from 'latchkey/internal';
import { loadConfig } from './load-config.js';
import { checkInSteps, STEP, type CheckQuery, type LogSource, type Progress } from './log-source.js';
import { readExport } from './log-export.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';

/** Reads without writing; works beside a running service. */
export async function databaseLog(terminal: Terminal, flags: SettingFlags): Promise<LogSource> {
  const { database, peppers } = loadConfig(terminal, flags);
  const storage = await openStorage(database, { readOnly: true });
  const { events } = storage;
  return {
    async *walk() {
      for await (const event of walkLog(events)) yield { ...event, at: toIso(event.at) };
    },
    head: async () => events.readHead(),
    verify: async (query, progress) => checkInSteps(async (step) => checkLog(events, step, peppers), query, progress),
    close: async () => storage.close(),
  };
}

/** Reads what `latchkey events --export` printed, one entry a line: from a file, or with `-` from what is piped in. */
export function fileLog(terminal: Terminal, path: string): LogSource {
  return {
    async *walk() {
      for await (const entries of readExport(terminal, path)) yield* entries;
    },
    async head() {
      let last: LogHead | null = null;
      for await (const entries of readExport(terminal, path)) last = entries.at(-1) ?? last;
      return last && { seq: last.seq, hash: last.hash };
    },
    verify: async (query, progress) => checkExport(readExport(terminal, path), query, progress),
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
        if (check.next({ ...entry, at: parseInstant(entry.at) ?? -1 }) !== null)
          return { ...check.finish(false), archived: null, complete: false };
        continue;
      }
      const broken = kept.find(({ seq, hash }) => seq === entry.seq && hash !== entry.hash);
      if (broken !== undefined)
        return { intact: false, entries, head: after ?? null, broken: keptBreak(broken, entry), archived: null, complete: false };
    }
    if (entries - told < STEP) continue;
    told = entries;
    progress(entries);
  }
  return { ...check.finish(), archived: null, complete: true };
}
