/** Entity tags (RFC 9110, section 8.8.3), and how `If-None-Match` and `If-Match` name them (sections 13.1.1 and 13.1.2). */
import { createHash } from 'node:crypto';
import { InvalidInputError } from 'latchkey';

/** Returns a strong tag of these very bytes. */
export function entityTag(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

const ENTITY_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Returns whether `If-None-Match` names the tag, by weak comparison. `*` names any, if nothing else is sent. */
export function isKnownTag(ifNoneMatch: readonly string[], etag: string): boolean {
  const field = ifNoneMatch.join(',').trim();
  if (field === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return [...field.matchAll(ENTITY_TAG)].some(([, known]) => known === opaque);
}

/**
 * Returns the tags that `If-Match` names; null where it was not sent or is `*`, which any record matches. Throws an InvalidInputError
 * for anything else: a malformed condition never means that there is none.
 */
export function readIfMatch(ifMatch: readonly string[]): readonly string[] | null {
  if (ifMatch.length === 0) return null;
  const field = ifMatch.join(',').trim();
  if (field === '*') return null;
  const tags: string[] = [];
  let end = 0;
  for (const match of field.matchAll(LISTED_TAG)) {
    tags.push(match[1] ?? '');
    end = match.index + match[0].length;
  }
  if (tags.length > 0 && /^[\t ,]*$/.test(field.slice(end))) return tags;
  throw new InvalidInputError([{ pointer: '', message: 'If-Match: send the ETag of an answer, such as "3", several with commas, or *.' }]);
}

/** The next element of a list, with the comma after it. Each begins where the one before it ended. */
const LISTED_TAG = /[\t ,]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[\t ]*(?:,|$)/gy;
