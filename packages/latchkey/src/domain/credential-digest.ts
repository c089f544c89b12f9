/**
 * What a token is stored and found as: SHA-256 of the whole token (256 random bits need no slow hash), or
 * HMAC-SHA-256 (RFC 2104) under a pepper that is kept outside the database.
 */
import { createHash, createHmac, hash } from 'node:crypto';
import { Digest } from './digest.js';
import type { SecretRecord } from './key.js';

export function sha256(token: string): Digest {
  return Digest.of(createHash('sha256').update(token).digest());
}

export function hmacSha256(token: string, pepper: string): Digest {
  return Digest.of(createHmac('sha256', pepper).update(token).digest());
}

/** What an imported secret is known by for good, however it is stored later: so that it cannot be imported twice. */
export function importedDigest({ digest, encoded }: Pick<SecretRecord, 'digest' | 'encoded'>): Digest | null {
  return digest ?? (encoded === null ? null : sha256(encoded));
}

/**
 * What a cache in memory is indexed by: the token's SHA-256 as 32 characters, whatever scheme the store uses.
 * The one-shot `crypto.hash` to a string is several times cheaper than anything that makes a buffer.
 */
export function cacheIndex(token: string): string {
  return hash('sha256', token, 'binary');
}

/** A value by which a wrong pepper is known, without telling anything of the right one. */
export function pepperCheck(pepper: string): string {
  return createHmac('sha256', pepper).update('latchkey pepper check v1').digest('hex');
}

/** Hex SHA-256 of a text that is not a token. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
