/** The version of a key or an owner as an entity tag: the `ETag` of answers that hold it. */
import type { Part } from 'latchkey/internal';
import type { HeaderFields } from '../exchange/answer.js';

/** Returns whether an output of the contract has a version, or holds a key or an owner. */
export function hasVersion(output: object): boolean {
  const { entries = {} } = output as Part;
  return [entries['version'], entries['key']?.entries?.['version'], entries['owner']?.entries?.['version']].some(
    (part) => part?.type === 'number',
  );
}

/**
 * Returns the header with the version of the key or the owner in an answer; none for an answer without one. The tag is strong: it is compared
 * with the version alone, and does not change with the last use, which is in the answer too. So none of these answers is a 304.
 */
export function versionTag(answer: unknown): HeaderFields {
  const { version, key, owner } = (answer ?? {}) as Versioned & { readonly key?: Versioned; readonly owner?: Versioned };
  const shown = version ?? key?.version ?? owner?.version;
  return typeof shown === 'number' ? { etag: `"${shown}"` } : {};
}

interface Versioned {
  readonly version?: unknown;
}
