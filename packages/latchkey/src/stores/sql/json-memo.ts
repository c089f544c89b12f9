/** Parses JSON columns so that equal text gives the identical, deeply frozen value. */
import type { JsonValue } from '../../domain/json.js';
import { RecentMap } from '../../domain/utilities/recent-map.js';

export interface JsonMemo {
  /** The value of `text`, frozen; the same object for the same text while it is remembered. */
  parse(text: string): JsonValue;
  /** The string itself, or an equal one already held: for columns with few distinct values. */
  intern(text: string): string;
}

/** Texts longer than this are metadata of one key, not worth a place. */
const MAX_TEXT_LENGTH = 2_048;

/**
 * Millions of keys share a few lists of scopes and limits: parsing each once saves time, and holding one
 * copy saves memory. Bounded: at most twice `generation` texts of each kind, those used last.
 */
export function createJsonMemo(generation = 4_096): JsonMemo {
  const values = new RecentMap<string, NonNullable<JsonValue>>(generation);
  const strings = new RecentMap<string, string>(generation);
  return {
    parse(text) {
      if (text.length > MAX_TEXT_LENGTH) return parseFrozen(text);
      const known = values.get(text);
      if (known !== undefined) return known;
      const value = parseFrozen(text);
      if (value !== null) values.set(text, value);
      return value;
    },
    intern(text) {
      const known = strings.get(text);
      if (known === undefined) strings.set(text, text);
      return known ?? text;
    },
  };
}

function parseFrozen(text: string): JsonValue {
  return freeze(JSON.parse(text) as JsonValue);
}

function freeze(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  for (const member of Object.values(value)) freeze(member as JsonValue);
  return Object.freeze(value);
}
