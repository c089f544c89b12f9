import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export interface AdminKey {
  /** Whether a text is the admin key. */
  matches(presented: string): boolean;
  /**
   * What ties a session to this admin key: it is another for another key, and without the session's token it can neither be
   * made nor be tried against guesses of the key.
   */
  bind(sessionToken: string): string;
  /** Whether the binding of a session is the one that this key gives. */
  isBound(sessionToken: string, binding: unknown): boolean;
}

/**
 * Digests are compared, in constant time: how long it takes tells neither the key's length nor how much of it was
 * right.
 */
export function createAdminKey(adminKey: string): AdminKey {
  const digest = digestOf(adminKey);
  const expected = Buffer.from(digest, 'latin1');
  const found = Buffer.alloc(expected.length);
  const bind = (sessionToken: string): string => createHmac('sha256', sessionToken).update(`admin key ${digest}`).digest('hex');
  return {
    matches(presented) {
      found.write(digestOf(presented), 'latin1');
      return timingSafeEqual(found, expected);
    },
    bind,
    isBound(sessionToken, binding) {
      const own = Buffer.from(bind(sessionToken));
      const given = Buffer.from(typeof binding === 'string' ? binding : '');
      return given.length === own.length && timingSafeEqual(own, given);
    },
  };
}

/** In hex: as bytes, the buffer made for each would cost more than the hash. */
function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
