/**
 * Requests that are safe to repeat: the first is answered and noted in the transaction of its change; the same
 * again is answered from the note. The token of the first answer is kept only encrypted under the
 * idempotency key, which is not stored, and for at most ten minutes.
 *
 * After draft-ietf-httpapi-idempotency-key-header; HKDF is RFC 5869, AES-256-GCM is NIST SP 800-38D.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { CallContext } from '../domain/actor.js';
import { canonicalJson } from '../domain/event-chain.js';
import type { JsonValue } from '../domain/json.js';
import { textDigest } from '../domain/credential-digest.js';
import { ConflictError, InvalidInputError } from '../domain/errors.js';
import { Token } from '../domain/token.js';
import { assertMayGrant } from './authority.js';
import type { Entropy } from '../ports/entropy.js';
import type { Change, IdempotencyRecord } from '../ports/key-store.js';

const RECORD_MS = 24 * 3_600_000;
/** With the pruning of each minute, no sealed token lies longer than ten. */
const SEALED_MS = 9 * 60_000;

/** A request that may be a repetition; null where it carries no idempotency key. */
export interface RepeatableRequest {
  readonly idempotencyKey: string;
  readonly id: string;
  readonly fingerprint: string;
}

/** `request` is what was asked for, as JSON; `undefined` fields do not count. */
export function repeatable(context: CallContext, request: readonly JsonValue[]): RepeatableRequest | null {
  const { idempotencyKey, actor } = context;
  if (idempotencyKey === undefined) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new InvalidInputError([
      { pointer: '', message: 'Idempotency-Key: use 1 to 255 visible ASCII characters, such as a random UUID.' },
    ]);
  }
  return {
    idempotencyKey,
    id: textDigest(`${actor.type}\n${actor.id}\n${idempotencyKey}`),
    fingerprint: textDigest(canonicalJson(request)),
  };
}

/**
 * What was answered before: the key's id, and its token while that can be shown, to one who could still issue such
 * a key. Null for a first request.
 */
export async function replay(
  change: Change,
  request: RepeatableRequest,
  { context, now }: { readonly context: CallContext; readonly now: number },
): Promise<{ readonly keyId: string; readonly token: Token | null } | null> {
  const known = await change.idempotency.find(request.id, now);
  if (known === null) return null;
  if (known.fingerprint !== request.fingerprint) {
    throw new ConflictError('idempotency_key_reused', 'This idempotency key was used for another request. Use a new one for each request.');
  }
  const { keyId, sealedToken } = known;
  if (sealedToken === null) return { keyId, token: null };
  const granted = await change.keys.find(keyId);
  if (granted !== null) await assertMayGrant(change, { actor: context.actor, granted, now });
  return { keyId, token: unseal(sealedToken, request) };
}

export function noteOf(
  request: RepeatableRequest,
  answer: { readonly keyId: string; readonly token: Token; readonly now: number },
  entropy: Entropy,
): IdempotencyRecord {
  return {
    id: request.id,
    fingerprint: request.fingerprint,
    keyId: answer.keyId,
    sealedToken: isUnguessable(request.idempotencyKey) ? seal(answer.token, request, entropy) : null,
    sealedUntil: answer.now + SEALED_MS,
    expiresAt: answer.now + RECORD_MS,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A token under a key that can be guessed would lie open: a random UUID will do, and so will long random text. */
function isUnguessable(idempotencyKey: string): boolean {
  // RFC 9562: versions 4 and 7 are drawn at random; the others can be told from where and when they were made.
  if (UUID.test(idempotencyKey)) return /^.{14}[47]/.test(idempotencyKey) && new Set(idempotencyKey).size >= 9;
  return idempotencyKey.length >= 32 && new Set(idempotencyKey).size >= 16;
}

function seal(token: Token, request: RepeatableRequest, entropy: Entropy): Uint8Array {
  const iv = entropy.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(request), iv).setAAD(Buffer.from(request.id));
  const sealed = Buffer.concat([cipher.update(token.reveal(), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function unseal(sealed: Uint8Array, request: RepeatableRequest): Token | null {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(request), sealed.subarray(0, 12))
    .setAAD(Buffer.from(request.id))
    .setAuthTag(sealed.subarray(12, 28));
  try {
    return Token.of(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8'));
  } catch {
    return null;
  }
}

function sealingKey({ idempotencyKey, id }: RepeatableRequest): Buffer {
  return Buffer.from(hkdfSync('sha256', idempotencyKey, id, 'latchkey sealed token v1', 32));
}
