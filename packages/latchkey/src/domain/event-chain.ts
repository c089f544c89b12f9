/**
 * The hash chain of the change log: sealing an entry to the one before it, and checking that no entry was
 * altered, taken out, put in or moved since.
 *
 * hash = SHA-256 over the canonical JSON (RFC 8785) of the entry with its place and its predecessor's hash.
 * A chain alone cannot tell a log that was cut short, or rewritten from some entry to the end, from a true
 * one: that takes a head that somebody else has kept.
 */
import { createHash } from 'node:crypto';
import type { EventDraft, LogEvent, LogHead } from './event.js';
import type { JsonObject, JsonValue } from './json.js';

/** What the first entry has in the place of its predecessor's hash. */
export const GENESIS_HASH = '0'.repeat(64);

/** The draft with its place in the log and its links. */
export function sealEvent(draft: EventDraft, previous: LogHead | null): LogEvent {
  const linked = {
    seq: (previous?.seq ?? 0) + 1,
    previousHash: previous?.hash ?? GENESIS_HASH,
    at: draft.at,
    action: draft.action,
    actor: { type: draft.actor.type, id: wellFormed(draft.actor.id) },
    target: { type: draft.target.type, id: wellFormed(draft.target.id) },
    owner: wellFormedOrNull(draft.owner),
    reason: wellFormedOrNull(draft.reason),
    address: wellFormedOrNull(draft.address),
    requestId: wellFormedOrNull(draft.requestId),
    session: draft.session === null ? null : { id: wellFormed(draft.session.id), link: wellFormedOrNull(draft.session.link) },
    before: wellFormedObject(draft.before),
    after: wellFormedObject(draft.after),
  };
  return { ...linked, hash: hashOf(linked) };
}

/** Structurally the report of the engine's `events.verify`. */
export interface ChainReport {
  readonly intact: boolean;
  /** Entries read. */
  readonly entries: number;
  /** The last entry that was read. */
  readonly head: LogHead | null;
  /** The first entry that is not as it was written, and why; null where the log is intact. */
  readonly broken: ChainBreak | null;
}

export interface ChainBreak {
  readonly seq: number;
  readonly reason: string;
}

export interface ChainCheck {
  /** Takes the next entry in the order of `seq`; the first break so far, or null. */
  next(event: LogEvent): ChainBreak | null;
  finish(): ChainReport;
}

/**
 * Checks a log entry by entry, in constant memory. With `expectedHead`, a head of this log that was kept
 * elsewhere, it also finds a cut tail and a log that was rewritten and hashed anew.
 */
export function createChainCheck(expectedHead?: LogHead): ChainCheck {
  let entries = 0;
  let head: LogHead | null = null;
  let broken: ChainBreak | null = null;
  return {
    next(event) {
      broken ??= linkBreak(event, head) ?? contentBreak(event) ?? rewriteBreak(event, expectedHead);
      entries += 1;
      head = { seq: event.seq, hash: event.hash };
      return broken;
    },
    finish() {
      broken ??= tailBreak(head, expectedHead);
      return { intact: broken === null, entries, head, broken };
    },
  };
}

/** Reads `events` to the end, in the order given, and reports. */
export async function verifyChain(events: Iterable<LogEvent> | AsyncIterable<LogEvent>, expectedHead?: LogHead): Promise<ChainReport> {
  const check = createChainCheck(expectedHead);
  for await (const event of events) check.next(event);
  return check.finish();
}

/** Canonical JSON (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

function hashOf(entry: Omit<LogEvent, 'hash'>): string {
  const { seq, previousHash, at, action, actor, target, owner, reason, address, requestId, session, before, after } = entry;
  const hashed = {
    seq,
    previousHash,
    at,
    action,
    actor: { type: actor.type, id: actor.id },
    target: { type: target.type, id: target.id },
    owner,
    reason,
    address,
    requestId,
    // Entries from before there were sessions have no such member, in a database and in an export.
    ...(session != null && { session: { id: session.id, link: session.link } }),
    before,
    after,
  };
  return createHash('sha256').update(canonicalJson(hashed), 'utf8').digest('hex');
}

function linkBreak(event: LogEvent, previous: LogHead | null): ChainBreak | null {
  const seq = (previous?.seq ?? 0) + 1;
  if (event.seq > seq) {
    const missing = event.seq - 1 === seq ? `Entry ${seq} is missing.` : `Entries ${seq} to ${event.seq - 1} are missing.`;
    return { seq, reason: missing };
  }
  if (event.seq < seq) return { seq: event.seq, reason: `Entry ${event.seq} is repeated or out of order.` };
  if (event.previousHash === (previous?.hash ?? GENESIS_HASH)) return null;
  return { seq, reason: `Entry ${seq} does not continue from the entry before it: one of the two was replaced.` };
}

function contentBreak(event: LogEvent): ChainBreak | null {
  return hashOf(event) === event.hash
    ? null
    : { seq: event.seq, reason: `Entry ${event.seq} was altered: its content does not match its hash.` };
}

function rewriteBreak(event: LogEvent, expected: LogHead | undefined): ChainBreak | null {
  if (expected === undefined || event.seq !== expected.seq || event.hash === expected.hash) return null;
  return { seq: event.seq, reason: `Entry ${event.seq} is not the expected head: the log was rewritten at or before it.` };
}

function tailBreak(head: LogHead | null, expected: LogHead | undefined): ChainBreak | null {
  const seq = head?.seq ?? 0;
  if (expected === undefined || expected.seq <= seq) return null;
  return { seq: seq + 1, reason: `The log ends after entry ${seq}, before the expected head ${expected.seq}: its tail was cut off.` };
}

/**
 * UTF-8, in which logs are stored, has no lone surrogates: what is hashed must be what can be read back,
 * so each becomes U+FFFD before, not after.
 */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function wellFormedOrNull(text: string | null): string | null {
  return text === null ? null : wellFormed(text);
}

function wellFormedObject(object: JsonObject | null): JsonObject | null {
  if (object === null) return null;
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [wellFormed(name), wellFormedValue(member)]));
}

function wellFormedValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return wellFormed(value);
  if (value === null || typeof value !== 'object') return value;
  return isArray(value) ? value.map(wellFormedValue) : wellFormedObject(value);
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
