/** The check of the audit log: page by page, so that it takes no turn of the event loop or connection for long. */
import { checkLogInput } from '../../contract/calls/events.js';
import { checkInput } from '../../contract/read.js';
import { createChainCheck, keptBreak, type ChainBreak } from '../../domain/event-chain.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { LogHead } from '../../domain/event.js';
import { judgeSignature, type LogCheckpoint, type SigningPepper } from '../../domain/log-checkpoint.js';
import type { EventLog } from '../../ports/event-log.js';
import type { ArchivedPart, ChainReport, VerifyEventsQuery } from '../api/index.js';

/** A tenth of a second of work at most, where the store checks by itself. */
const CONFIRMED_AT_ONCE = 2_000;
/** Some milliseconds of the event loop. */
const JUDGED_AT_ONCE = 200;

/**
 * Checks the entries after `after`, `limit` at most; with `peppers`, also the signature of the checkpoint that an archived log begins
 * after. The store confirms most entries by itself. The others are read and judged here: only domain/event-chain.ts defines an intact log.
 */
export async function checkLog(log: EventLog, query: VerifyEventsQuery = {}, peppers: readonly SigningPepper[] = []): Promise<ChainReport> {
  // A head in the place of the query would be no expectation at all.
  checkInput(checkLogInput, query);
  const checkpoint = await log.readCheckpoint();
  assertNotArchived(query, checkpoint);
  const { expect, limit = Infinity } = query;
  const archived = checkpoint && archivedPart(checkpoint, peppers);
  const after = query.after ?? (checkpoint && headOf(checkpoint));
  const broken = (await checkpointBreak(log, archived)) ?? (await firstKeptBreak(log, query, checkpoint));
  if (broken !== null) {
    // Archived between two reads: then they are of different checkpoints.
    if ((await log.readCheckpoint())?.seq !== checkpoint?.seq) return checkLog(log, query, peppers);
    return { intact: false, entries: 0, head: after, broken, archived, complete: false };
  }
  const check = createChainCheck({ expect, after });
  let complete = false;
  for (let left = limit; left > 0 && !complete && check.broken === null;) {
    const from = check.head?.seq ?? 0;
    // The expected entry is compared here, and so never skipped.
    const toExpected = expect !== undefined && expect.seq > from ? expect.seq - from - 1 : Infinity;
    const wanted = Math.min(left, CONFIRMED_AT_ONCE, toExpected);
    const confirmed = wanted === 0 ? check.head : await log.confirm(check.head, wanted);
    if (confirmed !== null) check.skipTo(confirmed);
    left -= (confirmed?.seq ?? 0) - from;
    if (left === 0 || (confirmed?.seq ?? 0) - from === CONFIRMED_AT_ONCE) continue;
    const events = await log.readEvents({ after: confirmed?.seq ?? 0, order: 'oldest', limit: Math.min(left, JUDGED_AT_ONCE) });
    for (const event of events) if (check.next(event) !== null) break;
    left -= events.length;
    complete = events.length === 0;
  }
  return { ...check.finish(complete), archived, complete };
}

function archivedPart(checkpoint: LogCheckpoint, peppers: readonly SigningPepper[]): ArchivedPart {
  return { ...headOf(checkpoint), signature: judgeSignature(checkpoint, peppers) };
}

/** Finds a checkpoint that was moved: its signature does not match, or the log names another. */
async function checkpointBreak(log: EventLog, archived: ArchivedPart | null): Promise<ChainBreak | null> {
  if (archived === null) return null;
  const { seq, hash, signature } = archived;
  if (signature === 'invalid') return { seq, reason: `The checkpoint after entry ${seq} was altered: its signature does not match.` };
  const [told] = await log.readEvents({ action: 'log.archived', order: 'newest', limit: 1 });
  if (told?.after?.['seq'] === seq && told.after['hash'] === hash) return null;
  return { seq, reason: `The checkpoint after entry ${seq} is not the one that the last entry "log.archived" names.` };
}

/** Checks the kept entries that lie before the part to check: each must be where it was. */
async function firstKeptBreak(
  log: EventLog,
  { after, expect }: VerifyEventsQuery,
  checkpoint: LogCheckpoint | null,
): Promise<ChainBreak | null> {
  const from = after?.seq ?? checkpoint?.seq ?? 0;
  for (const kept of [after, expect].filter((head) => head !== undefined && head.seq <= from)) {
    if (kept === undefined) continue;
    const found = kept.seq === checkpoint?.seq ? checkpoint : (await log.readEvents({ after: kept.seq - 1, order: 'oldest', limit: 1 }))[0];
    const broken = keptBreak(kept, found ?? null);
    if (broken !== null) return broken;
  }
  return null;
}

function assertNotArchived({ after, expect }: VerifyEventsQuery, checkpoint: LogCheckpoint | null): void {
  if (checkpoint === null) return;
  for (const [pointer, head] of [
    ['/expect', expect],
    ['/after', after],
  ] as const) {
    if (head === undefined || head.seq >= checkpoint.seq) continue;
    const message = `Entry ${head.seq} was archived, with all up to entry ${checkpoint.seq}: check the export that holds it.`;
    throw new InvalidInputError([{ pointer, message }]);
  }
}

function headOf({ seq, hash }: LogHead): LogHead {
  return { seq, hash };
}
