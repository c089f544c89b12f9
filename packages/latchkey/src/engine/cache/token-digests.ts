import { hmacSha256, sha256 } from '../../domain/credential-digest.js';
import type { Digest } from '../../domain/digest.js';
import type { Pepper } from '../runtime/settings.js';

/** Returns every digest under which the secret of a token may be stored: under each pepper, the newest first, and plain. */
export function digestsOf(token: string, peppers: readonly Pepper[]): readonly Digest[] {
  if (peppers.length === 0) return [sha256(token)];
  const peppered = peppers.map((pepper) => hmacSha256(token, pepper.secret));
  // Secrets from before the first pepper, and imported ones, stay plain until their next use.
  return [...peppered, sha256(token)];
}
