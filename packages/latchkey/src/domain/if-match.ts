/** The version that a key must have for a change to be made: the check against lost updates (RFC 9110, section 13.1.1). */
import { InvalidInputError } from './errors.js';

/**
 * Returns the versions that a caller admits; null where it gives no condition. Throws an InvalidInputError for anything that is
 * no version, and for an empty list: a malformed condition never means that there is none.
 */
export function readIfMatch(given: unknown): readonly number[] | null {
  if (given === undefined) return null;
  const versions: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (versions.length > 0 && versions.every(isVersion)) return versions;
  throw new InvalidInputError([{ pointer: '', message: 'Options: "ifMatch". Use the version of the key, such as 3.' }]);
}

/** No key has the version 0: HTTP passes it on for an entity tag that names no version. */
function isVersion(given: unknown): given is number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0;
}
