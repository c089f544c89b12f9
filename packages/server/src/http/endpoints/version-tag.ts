/** The version of a key as an entity tag: `ETag` of answers that hold the key, and `If-Match` of changes. */
import type { Part } from 'latchkey/internal';
import type { HeaderFields } from '../exchange/answer.js';
import { readIfMatch } from '../exchange/entity-tag.js';
import type { Exchange } from '../exchange/exchange.js';

/** Returns whether an output of the contract is a key, or holds one. */
export function hasVersion(output: object): boolean {
  const { entries = {} } = output as Part;
  return [entries['version'], entries['key']?.entries?.['version']].some((part) => part?.type === 'number');
}

/**
 * Returns the header with the version of the key in an answer; none for an answer without a key. The tag is strong: it is compared
 * with the version alone, and does not change with the last use, which is in the answer too. So no answer of a key is a 304.
 */
export function versionTag(answer: unknown): HeaderFields {
  const { version, key } = (answer ?? {}) as Versioned & { readonly key?: Versioned };
  const shown = version ?? key?.version;
  return typeof shown === 'number' ? { etag: `"${shown}"` } : {};
}

interface Versioned {
  readonly version?: unknown;
}

/** Returns the option `ifMatch` of a change. Tags that are weak, or name no version, match no key. Throws an InvalidInputError. */
export function ifMatchOf({ headerValues }: Pick<Exchange, 'headerValues'>): { readonly ifMatch?: readonly number[] } {
  const tags = readIfMatch(headerValues('if-match'));
  return tags === null ? {} : { ifMatch: tags.map((tag) => Number(/^"([1-9]\d{0,14})"$/.exec(tag)?.[1] ?? NO_VERSION)) };
}

const NO_VERSION = 0;
