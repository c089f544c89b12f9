/** The check of the audit log: page by page, so that it takes no turn of the event loop or connection for long. */
import { createChainCheck, keptBreak, type ChainBreak } from '../domain/event-chain.js';
import type { LogHead } from '../domain/event.js';
import type { EventLog } from '../ports/event-log.js';
import type { ChainReport, VerifyEventsQuery } from './api.js';
import { createFieldReader } from './key-input.js';

/** A tenth of a second of work at most, where the store checks by itself. */
const CONFIRMED_AT_ONCE = 2_000;
/** Some milliseconds of the event loop. */
const JUDGED_AT_ONCE = 200;

/**
 * Checks the entries after `after`, `limit` at most. Most of them the store confirms by itself; those that it does not confirm are
 * read and judged here, so that what makes a log intact is said in one place, domain/event-chain.ts.
 */
export async function checkLog(log: EventLog, query: VerifyEventsQuery = {}): Promise<ChainReport> {
  const { expect, after, limit = Infinity } = query;
  assertQuery(query);
  const check = createChainCheck({ expect, after });
  const kept = await firstKeptBreak(log, query);
  if (kept !== null) return { intact: false, entries: 0, head: after ?? null, broken: kept, complete: false };
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
  return { ...check.finish(complete), complete };
}

/** Those that lie before what is checked: they must still stand where they stood. */
async function firstKeptBreak(log: EventLog, { after, expect }: VerifyEventsQuery): Promise<ChainBreak | null> {
  if (after === undefined) return null;
  for (const kept of [after, ...(expect !== undefined && expect.seq <= after.seq ? [expect] : [])]) {
    const [found = null] = await log.readEvents({ after: kept.seq - 1, order: 'oldest', limit: 1 });
    const broken = keptBreak(kept, found);
    if (broken !== null) return broken;
  }
  return null;
}

const FIELDS: readonly string[] = ['expect', 'after', 'limit'] satisfies (keyof VerifyEventsQuery)[];

/** A head in the place of the query would be no expectation at all: what is not known is refused. */
function assertQuery(query: VerifyEventsQuery): void {
  const fields = createFieldReader();
  for (const name of Object.keys(query)) if (!FIELDS.includes(name)) fields.refuse(`/${name}`, `Use ${FIELDS.join(', ')}.`);
  const { expect, after, limit } = query;
  if (!isHead(expect)) fields.refuse('/expect', HEAD_FORM);
  if (!isHead(after)) fields.refuse('/after', HEAD_FORM);
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) fields.refuse('/limit', 'Use a whole number, 1 or more.');
  fields.finish();
}

const HEAD_FORM = 'Use a head of the log: its seq, 1 or more, and its hash.';

function isHead(head: LogHead | undefined): boolean {
  if (head === undefined) return true;
  return typeof head === 'object' && Number.isSafeInteger(head?.seq) && head.seq > 0 && /^[0-9a-f]{64}$/.test(head.hash);
}
