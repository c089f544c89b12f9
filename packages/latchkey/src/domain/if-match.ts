/** The version that a record must have for a change to be made: the check against lost updates (RFC 9110, section 13.1.1). */
import { InvalidInputError } from './errors.js';

/** Versions, of which the record must have one, or `*`: any version of a record that exists. */
export type IfMatchCondition = readonly number[] | '*';

/**
 * Returns the condition of a caller; null where it gives none. Throws an InvalidInputError for anything that is no version, and for an
 * empty list: a malformed condition never means that there is none.
 */
export function readIfMatch(given: unknown): IfMatchCondition | null {
  if (given === undefined) return null;
  if (given === '*') return given;
  const versions: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (versions.length > 0 && versions.every(isVersion)) return versions;
  throw new InvalidInputError([{ pointer: '', message: 'Options: "ifMatch". Use the version that you read, such as 3, several, or *.' }]);
}

/** Returns whether a record of this version meets the condition. */
export function isMatch(version: number, condition: IfMatchCondition | null): boolean {
  return condition === null || (version !== NO_VERSION && (condition === '*' || condition.includes(version)));
}

/** The version of what does not exist, which matches nothing. HTTP passes it on for an entity tag that names no version. */
export const NO_VERSION = 0;

function isVersion(given: unknown): given is number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0;
}
