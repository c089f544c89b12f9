/**
 * The hash chain of the change log: sealing an entry to the one before it, and checking that no entry was
 * altered, taken out, put in or moved since.
 *
 * hash = SHA-256 over the canonical JSON (RFC 8785) of the entry with its place and its predecessor's hash.
 * A chain alone cannot tell a log that was cut short, or rewritten from some entry to the end, from a true
 * one: that takes a head that somebody else has kept.
 */
import { hash as digest } from 'node:crypto';
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
  return { ...linked, hash: digest('sha256', entryText(linked, canonicalJson)) };
}

/** What a check of some entries found. */
export interface VerifiedChain {
  readonly intact: boolean;
  /** Entries read. */
  readonly entries: number;
  /** The last entry that was read; where none was, the one that the check began after. */
  readonly head: LogHead | null;
  /** The first entry that is not as it was written, and why; null where the log is intact. */
  readonly broken: ChainBreak | null;
}

export interface ChainBreak {
  readonly seq: number;
  readonly reason: string;
}

export interface ChainCheckOptions {
  /** An entry of this log that was kept elsewhere: with it, a cut tail and a log that was rewritten and hashed anew are found. */
  readonly expect?: LogHead | undefined;
  /** The entry that the first one continues from; by default the log begins. */
  readonly after?: LogHead | null | undefined;
}

export interface ChainCheck {
  /** The last entry that was checked. */
  readonly head: LogHead | null;
  /** The first break so far. */
  readonly broken: ChainBreak | null;
  /** Takes the next entry in the order of `seq`; returns the first break so far, or null. */
  next(event: LogEvent): ChainBreak | null;
  /** Moves on to `head`: the caller has checked the entries up to there. The expected entry must not be among them. */
  skipTo(head: LogHead): void;
  /** Reports. `atEnd`: the log ends here, so that an expected entry must have come; by default it does. */
  finish(atEnd?: boolean): VerifiedChain;
}

/** Checks a log entry by entry, in constant memory. */
export function createChainCheck({ expect, after = null }: ChainCheckOptions = {}): ChainCheck {
  let entries = 0;
  let head = after;
  let broken: ChainBreak | null = null;
  return {
    get head() {
      return head;
    },
    get broken() {
      return broken;
    },
    next(event) {
      broken ??= linkBreak(event, head) ?? contentBreak(event) ?? rewriteBreak(event, expect);
      entries += 1;
      head = { seq: event.seq, hash: event.hash };
      return broken;
    },
    skipTo(place) {
      entries += place.seq - (head?.seq ?? 0);
      head = place;
    },
    finish(atEnd = true) {
      if (atEnd) broken ??= tailBreak(head, expect);
      return { intact: broken === null, entries, head, broken };
    },
  };
}

/** Reads `events` to the end, in the order given, and reports. */
export async function verifyChain(
  events: Iterable<LogEvent> | AsyncIterable<LogEvent>,
  options: ChainCheckOptions = {},
): Promise<VerifiedChain> {
  const check = createChainCheck(options);
  for await (const event of events) check.next(event);
  return check.finish();
}

/** Returns how an entry that was kept differs from `found`, the one in its place now; null where it does not. */
export function keptBreak({ seq, hash }: LogHead, found: LogHead | null): ChainBreak | null {
  if (found?.seq !== seq) return { seq, reason: `Entry ${seq}, which was kept, is not in the log: it was cut off or taken out.` };
  if (found.hash === hash) return null;
  return { seq, reason: `Entry ${seq} is not the one that was kept: the log was rewritten at or before it.` };
}

/** Canonical JSON (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

type LinkedEntry = Omit<LogEvent, 'hash'>;

/**
 * The text that an entry's hash is over: its canonical JSON, if `write` gives that of the changed fields. An entry from before
 * there were sessions has no such member, in a database and in an export.
 */
function entryText(entry: LinkedEntry, write: (value: JsonObject | null) => string): string {
  const { action, actor, target, session } = entry;
  const acting = session == null ? '' : `,"session":{"id":${quote(session.id)},"link":${quote(session.link)}}`;
  return (
    `{"action":${quote(action)},"actor":{"id":${quote(actor.id)},"type":${quote(actor.type)}},"address":${quote(entry.address)},` +
    `"after":${write(entry.after)},"at":${quote(entry.at)},"before":${write(entry.before)},"owner":${quote(entry.owner)},` +
    `"previousHash":${quote(entry.previousHash)},"reason":${quote(entry.reason)},"requestId":${quote(entry.requestId)},` +
    `"seq":${quote(entry.seq)}${acting},"target":{"id":${quote(target.id)},"type":${quote(target.type)}}}`
  );
}

function quote(value: string | number | null): string {
  return JSON.stringify(value);
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
  // Stored JSON is canonical, and most often still is after parsing: its members are sorted only if it is not.
  for (const write of [JSON.stringify, canonicalJson]) if (digest('sha256', entryText(event, write)) === event.hash) return null;
  return { seq: event.seq, reason: `Entry ${event.seq} was altered: its content does not match its hash.` };
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
