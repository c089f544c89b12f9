/** Metadata: an opaque JSON object that the host application hangs on a key or owner. Never merged, never interpreted. */
import { BOUNDS } from './bounds.js';
import type { JsonObject, JsonValue } from './json.js';
import { parsed, unreadable, type Parsed } from './parsed.js';
import { NO_TOKEN } from './text.js';
import { containsToken } from './token.js';

const SIZE_MAX_BYTES = 4_096;
const DEPTH_MAX = 5;

/** Names that would reach an object's prototype in a careless program. */
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Text that cannot be written as UTF-8, or that PostgreSQL cannot hold. */
const UNSTORABLE = /[\p{Cs}\0]/u;

class NotMetadata extends Error {}

/**
 * A frozen deep copy of a JSON object: at most 4 KiB as JSON in UTF-8, nested at most 5 deep (itself included), with
 * no name that is `__proto__`, `constructor` or `prototype`, and no token in any text. Anything that JSON cannot say is refused, not dropped.
 */
export function parseMetadata(value: unknown): Parsed<JsonObject> {
  if (!isPlainObject(value)) return unreadable('Use a JSON object.');
  try {
    const copy = copyObject(value, { left: SIZE_MAX_BYTES }, 1);
    if (Buffer.byteLength(JSON.stringify(copy)) > SIZE_MAX_BYTES) throw tooLarge();
    return parsed(copy);
  } catch (error) {
    if (error instanceof NotMetadata) return unreadable(error.message);
    throw error;
  }
}

/** Matches the name of a field in a filter: stores name it in a path within quotation marks. */
const FIELD = new RegExp(`^[^"\\\\\\p{C}]{1,${BOUNDS.metadataFieldLength}}$`, 'u');

/**
 * Parses a filter by metadata: 1 to 3 fields at its top level, each with a string, a finite number or a boolean, which is compared by
 * its text. The names of fields have 1 to 64 characters, and no quotation mark, backslash or control character. The result is sorted.
 */
export function parseMetadataFilter(value: object): Parsed<Readonly<Record<string, string>>> {
  const fields = isPlainObject(value) ? Object.entries(value) : [];
  if (fields.length === 0 || fields.length > BOUNDS.metadataFilters) {
    return unreadable(`Give 1 to ${BOUNDS.metadataFilters} fields of the metadata, such as { "team": "payments" }.`);
  }
  if (fields.some(([name]) => !FIELD.test(name))) {
    return unreadable(
      `Use names of 1 to ${BOUNDS.metadataFieldLength} characters without quotation marks, backslashes and control characters.`,
    );
  }
  const texts = fields.map(([name, given]): [string, string] | null => {
    const isNamed = typeof given === 'string' || typeof given === 'boolean' || (typeof given === 'number' && Number.isFinite(given));
    if (!isNamed) return null;
    const text = String(given);
    return text.length > BOUNDS.metadataFilterLength || UNSTORABLE.test(text) ? null : [name, text];
  });
  if (texts.some((text) => text === null)) {
    return unreadable(`Use a string of at most ${BOUNDS.metadataFilterLength} characters, a number, true or false for each field.`);
  }
  if (texts.some((text) => containsToken(text?.join(' ') ?? ''))) return unreadable(NO_TOKEN);
  return parsed(Object.fromEntries(texts.filter((text) => text !== null).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Every value takes at least a byte of JSON: so many more may be read. Bounds the work for what is too large. */
interface Budget {
  left: number;
}

function copyValue(value: unknown, budget: Budget, depth: number): JsonValue {
  budget.left -= 1;
  if (budget.left < 0) throw tooLarge();
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (Array.isArray(value)) {
    if (depth > DEPTH_MAX) throw tooDeep();
    return Object.freeze(Array.from(value, (element: unknown) => copyValue(element, budget, depth + 1)));
  }
  if (isPlainObject(value)) return copyObject(value, budget, depth);
  throw new NotMetadata('Use JSON values alone: text, finite numbers, true, false, null, lists and plain objects.');
}

function copyObject(source: Readonly<Record<string, unknown>>, budget: Budget, depth: number): JsonObject {
  if (depth > DEPTH_MAX) throw tooDeep();
  const copy: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(source)) {
    if (FORBIDDEN_NAMES.has(name)) throw new NotMetadata(`Use another name than "${name}".`);
    copy[storable(name)] = copyValue(value, budget, depth + 1);
  }
  return Object.freeze(copy);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0;
}

function storable(text: string): string {
  if (text.length > SIZE_MAX_BYTES) throw tooLarge();
  if (UNSTORABLE.test(text)) throw new NotMetadata('Use well-formed Unicode text without the character U+0000.');
  if (containsToken(text)) throw new NotMetadata(NO_TOKEN);
  return text;
}

function tooLarge(): NotMetadata {
  return new NotMetadata('Use at most 4096 bytes of JSON.');
}

function tooDeep(): NotMetadata {
  return new NotMetadata(`Use at most ${DEPTH_MAX} levels of nesting.`);
}
