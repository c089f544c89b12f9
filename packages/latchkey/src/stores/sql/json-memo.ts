/** Parses JSON columns so that equal text gives the identical, deeply frozen value. */
import type { JsonValue } from '../../domain/json.js';

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
 * copy saves memory. Bounded: at most twice `generation` texts, the least recently used half goes first.
 */
export function createJsonMemo(generation = 4_096): JsonMemo {
  const values = generations<JsonValue>(generation);
  const strings = generations<string>(generation);
  return {
    parse(text) {
      if (text.length > MAX_TEXT_LENGTH) return parseFrozen(text);
      return values(text, parseFrozen);
    },
    intern: (text) => strings(text, (itself) => itself),
  };
}

function generations<Value>(size: number): (text: string, make: (text: string) => Value) => Value {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return (text, make) => {
    let value = young.get(text);
    if (value !== undefined) return value;
    value = old.get(text) ?? make(text);
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(text, value);
    return value;
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
