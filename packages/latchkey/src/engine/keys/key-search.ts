/** Reads a search of keys, as an operator types or pastes it. */
import { InvalidInputError } from '../../domain/errors.js';
import { containsToken, parseToken } from '../../domain/token.js';
import type { KeySearch } from '../../ports/key-store.js';
import type { Pepper } from '../runtime/settings.js';
import { digestsOf } from '../cache/token-digests.js';

/** What an id looks like. Names that do are found by other words. */
const KEY_ID = /^key_[0-9A-Za-z]{16}$/;
/** A hint as it is shown, or its end: `acme_live_…abcd`, `…abcd`. */
const HINT = /^(?:[a-z][a-z0-9_]*_)?…\S{4}$/u;

/**
 * Returns what is found by an index of its own: an id, a hint, or a token, of which only digests go to the store. Anything else is a
 * part of a name. Throws an InvalidInputError, which does not repeat it, for a token in other text: it would go to the store as it is.
 */
export function readKeySearch(text: string, peppers: readonly Pepper[]): KeySearch {
  const sought = text.trim();
  if (KEY_ID.test(sought)) return { id: sought };
  if (HINT.test(sought)) return { hint: sought };
  // As it is copied from a header: "Bearer" and the token.
  const token = sought.split(/\s+/u).at(-1) ?? '';
  if (parseToken(token) !== null) return { digests: digestsOf(token, peppers) };
  if (!containsToken(text)) return { text };
  throw new InvalidInputError([{ pointer: '/search', message: 'Search for the token by itself, or for its hint.' }]);
}
