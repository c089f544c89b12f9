/** `If-Match` (RFC 9110, section 13.1.1), which names the versions that a record may have, as entity tags. */
import { InvalidInputError } from '../domain/errors.js';
import { NO_VERSION, type IfMatchCondition } from '../domain/if-match.js';
import type { HeaderValues } from './header-values.js';

/**
 * Returns the option `ifMatch` of a change; nothing where `If-Match` was not sent. Tags that are weak, or name no version, match nothing.
 * Throws an InvalidInputError for anything else: a malformed condition never means that there is none.
 */
export function ifMatchOption(headerValues: HeaderValues): { readonly ifMatch?: IfMatchCondition } {
  const fields = headerValues('if-match');
  if (fields.length === 0) return {};
  const tags = readTags(fields.join(',').trim());
  return { ifMatch: tags === '*' ? tags : tags.map((tag) => Number(VERSION_TAG.exec(tag)?.[1] ?? NO_VERSION)) };
}

/** Throws an InvalidInputError where `If-None-Match` was sent with a change, which no call compares. */
export function refuseIfNoneMatch(headerValues: HeaderValues): void {
  if (headerValues('if-none-match').length > 0) throw invalid('If-None-Match: a change compares it with nothing. Leave it out.');
}

/** Throws an InvalidInputError where `If-Match` was sent to a call that compares no version. */
export function refuseIfMatch(headerValues: HeaderValues): void {
  if (headerValues('if-match').length > 0) throw invalid('If-Match: this call compares no version. Leave it out.');
}

function readTags(field: string): readonly string[] | '*' {
  if (field === '*') return field;
  const tags: string[] = [];
  let end = 0;
  for (const match of field.matchAll(LISTED_TAG)) {
    tags.push(match[1] ?? '');
    end = match.index + match[0].length;
  }
  if (tags.length > 0 && /^[\t ,]*$/.test(field.slice(end))) return tags;
  throw invalid('If-Match: send the ETag of an answer, such as "3", several with commas, or *.');
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ pointer: '', message }]);
}

const VERSION_TAG = /^"([1-9]\d{0,14})"$/;

/** The next element of a list, with the comma after it. Each begins where the one before it ended. */
const LISTED_TAG = /[\t ,]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[\t ]*(?:,|$)/gy;
