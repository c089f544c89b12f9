/** Which part of the audit log can be archived, as an export shows it. */
import { type EventView, type LogHead } from 'latchkey';
import { createChainCheck, parseInstant } from 'latchkey/internal';
import { UsageError } from './failures.js';
import { readExport } from './log-export.js';
import type { Terminal } from './terminal.js';

export interface ArchivableQuery {
  readonly file: string;
  /** The number of an entry, or an instant. */
  readonly before: string;
  /** The entry that the log begins after, if a part of it was archived earlier. */
  readonly checkpoint: LogHead | null;
}

/**
 * The last entry before `before`. Throws a UsageError for an export that is broken, or that does not hold the log from its beginning or
 * its checkpoint on.
 */
export async function findArchivable(terminal: Terminal, { file, before, checkpoint }: ArchivableQuery): Promise<LogHead> {
  const isBefore = readBefore(before);
  let check: ReturnType<typeof createChainCheck> | null = null;
  for await (const batch of readExport(terminal, file)) {
    for (const entry of batch) {
      check ??= createChainCheck({ after: entry.seq === 1 ? null : checkpoint });
      if (!isBefore(entry)) return headOf(check.head, checkpoint);
      const broken = check.next({ ...entry, at: parseInstant(entry.at) ?? -1 });
      if (broken !== null) throw new UsageError(`The export is broken at entry ${broken.seq}: ${broken.reason} Nothing was archived.`);
    }
  }
  return headOf(check?.head ?? null, checkpoint);
}

function readBefore(text: string): (entry: EventView) => boolean {
  if (/^\d{1,15}$/.test(text)) return ({ seq }) => seq < Number(text);
  const instant = parseInstant(text);
  if (instant === null) throw new UsageError('--before: use the number of an entry, or an instant such as 2027-01-01T00:00:00Z.');
  return ({ at }) => (parseInstant(at) ?? Infinity) < instant;
}

function headOf(head: LogHead | null, checkpoint: LogHead | null): LogHead {
  if (head === null) throw new UsageError('The export holds no entry before the one of --before. Nothing was archived.');
  if (head.seq <= (checkpoint?.seq ?? 0))
    throw new UsageError(`These entries are archived already: the log begins after entry ${checkpoint?.seq}. Nothing was archived.`);
  return { seq: head.seq, hash: head.hash };
}
