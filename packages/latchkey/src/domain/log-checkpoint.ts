/**
 * The checkpoint that an archived log goes on from: the last entry that left it, signed with a pepper, which the database does
 * not hold. HMAC-SHA-256 is RFC 2104. What a signature proves, and what not: docs/adr/0038-a-long-audit-log.md.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LogHead } from './event.js';

export interface LogCheckpoint extends LogHead {
  /** The pepper that it is signed with; null, as the signature, where none was configured. */
  readonly pepperId: string | null;
  /** In hex. */
  readonly signature: string | null;
}

/** `none`: no pepper was configured. `unknown_pepper`: the checker does not have the pepper that signed. */
export type CheckpointSignature = 'valid' | 'invalid' | 'none' | 'unknown_pepper';

export interface SigningPepper {
  readonly id: string;
  readonly secret: string;
}

/** Signs the last entry that is archived with the newest of the peppers, where there is one. */
export function signCheckpoint({ seq, hash }: LogHead, [newest]: readonly SigningPepper[]): LogCheckpoint {
  if (newest === undefined) return { seq, hash, pepperId: null, signature: null };
  return { seq, hash, pepperId: newest.id, signature: signatureOf({ seq, hash }, newest.secret) };
}

export function judgeSignature({ pepperId, signature, ...head }: LogCheckpoint, peppers: readonly SigningPepper[]): CheckpointSignature {
  if (pepperId === null || signature === null) return 'none';
  const pepper = peppers.find(({ id }) => id === pepperId);
  if (pepper === undefined) return 'unknown_pepper';
  const [expected, found] = [signatureOf(head, pepper.secret), signature].map((hex) => Buffer.from(hex, 'utf8'));
  if (expected === undefined || found === undefined || expected.length !== found.length) return 'invalid';
  return timingSafeEqual(expected, found) ? 'valid' : 'invalid';
}

function signatureOf({ seq, hash }: LogHead, pepper: string): string {
  return createHmac('sha256', pepper).update(`latchkey log checkpoint v1\n${seq}:${hash}`).digest('hex');
}
