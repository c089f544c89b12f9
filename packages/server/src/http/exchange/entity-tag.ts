/** Entity tags (RFC 9110, section 8.8.3), and how `If-None-Match` names them (section 13.1.2). */
import { createHash } from 'node:crypto';

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
