/**
 * Requests that are safe to repeat: the first is answered and noted in the transaction of its change; the same request
 * again is answered from the note. The note keeps the token of the first answer encrypted, for at most ten minutes.
 *
 * A stolen database opens no note: its key is derived from the idempotency key and from a secret that the database does not
 * hold, the newest pepper or, where none is configured, a random value of this process (ADR 8).
 *
 * After draft-ietf-httpapi-idempotency-key-header; HMAC is RFC 2104, HKDF RFC 5869, AES-256-GCM NIST SP 800-38D.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { CallContext } from '../../domain/actor.js';
import { textDigest } from '../../domain/credential-digest.js';
import { ConflictError, InvalidInputError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/event-chain.js';
import type { JsonValue } from '../../domain/json.js';
import { estimateSecretBits } from '../../domain/secret-strength.js';
import { Token } from '../../domain/token.js';
import type { Entropy } from '../../ports/entropy.js';
import type { Change, IdempotencyRecord } from '../../ports/key-store.js';
import type { Authority } from './authority.js';
import type { Pepper } from '../runtime/settings.js';

/** What an engine needs to answer a repeated request; one for the life of the engine. */
export interface Repeats {
  /**
   * Returns the request as one that may be a repetition; null without an idempotency key. `request` is what was asked for,
   * as JSON; `undefined` fields do not count. Throws an InvalidInputError for a key that is no idempotency key.
   */
  read(context: CallContext, request: readonly unknown[]): RepeatableRequest | null;
  /**
   * Returns what was answered before: the key's id, and its token while that can be shown, to an actor who could still issue
   * such a key. Null for a first request. Throws a ConflictError where the idempotency key was used for another request.
   */
  find(change: Change, request: RepeatableRequest, by: { readonly may: Authority; readonly now: number }): Promise<Repeated | null>;
  /** Notes the answer of a first request, in the transaction of its change. */
  note(change: Change, request: RepeatableRequest, answer: Answered): Promise<void>;
}

export interface RepeatableRequest {
  readonly idempotencyKey: string;
  /** Who asks and their idempotency key, as one text. */
  readonly asker: string;
  readonly fingerprint: string;
}

export interface Repeated {
  readonly keyId: string;
  readonly token: Token | null;
}

export interface Answered {
  readonly keyId: string;
  readonly token: Token;
  readonly now: number;
}

/** A counter or a short word keeps no token, so that a database and a pepper stolen together open nothing either. */
const LEAST_BITS = 64;
const RECORD_MS = 24 * 3_600_000;
/** With the pruning of each minute, no sealed token lies longer than ten. */
const SEALED_MS = 9 * 60_000;

export function createRepeats({ entropy, peppers }: { readonly entropy: Entropy; readonly peppers: readonly Pepper[] }): Repeats {
  /** The newest first. The last finds what was noted before the first pepper was configured. */
  let secret: Uint8Array | null = null;
  const ofProcess = processKeyring(() => (secret ??= entropy.bytes(32)));
  const keyrings = [...peppers.map(({ secret }) => pepperedKeyring(secret)), ofProcess];
  const newest = keyrings[0] ?? ofProcess;

  return {
    read(context, request) {
      const { idempotencyKey, actor } = context;
      if (idempotencyKey === undefined) return null;
      if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
        throw new InvalidInputError([
          { pointer: '', message: 'Idempotency-Key: use 1 to 255 visible ASCII characters, such as a random UUID.' },
        ]);
      }
      const asker = `${actor.type}\n${actor.id}\n${idempotencyKey}`;
      // As it travels: a Date is the text of its instant.
      const sent = JSON.parse(JSON.stringify(request)) as JsonValue;
      return { idempotencyKey, asker, fingerprint: textDigest(canonicalJson(sent)) };
    },

    async find(change, request, { may, now }) {
      for (const keyring of keyrings) {
        const known = await change.idempotency.find(keyring.idOf(request.asker), now);
        if (known === null) continue;
        if (known.fingerprint !== request.fingerprint) {
          throw new ConflictError(
            'idempotency_key_reused',
            'This idempotency key was used for another request. Use a new one for each request.',
          );
        }
        const { keyId, sealedToken } = known;
        const granted = await change.keys.find(keyId);
        if (granted !== null) await may.assertMayChange(granted);
        if (sealedToken === null) return { keyId, token: null };
        return { keyId, token: unseal(sealedToken, known.id, keyring.sealingKey(request.idempotencyKey, known.id)) };
      }
      return null;
    },

    async note(change, { idempotencyKey, asker, fingerprint }, { keyId, token, now }) {
      const id = newest.idOf(asker);
      const record: IdempotencyRecord = {
        id,
        fingerprint,
        keyId,
        sealedToken:
          estimateSecretBits(idempotencyKey) >= LEAST_BITS
            ? seal(token, id, { key: newest.sealingKey(idempotencyKey, id), iv: entropy.bytes(12) })
            : null,
        sealedUntil: now + SEALED_MS,
        expiresAt: now + RECORD_MS,
      };
      await change.idempotency.insert(record);
    },
  };
}

/** How notes are named and sealed under one secret. */
interface Keyring {
  idOf(asker: string): string;
  sealingKey(idempotencyKey: string, id: string): Buffer;
}

function pepperedKeyring(pepper: string): Keyring {
  const naming = hmac(pepper, 'latchkey idempotency record v1');
  return {
    idOf: (asker) => hmac(naming, asker).toString('hex'),
    sealingKey: sealingUnder(hmac(pepper, 'latchkey sealed token v2')),
  };
}

/**
 * A secret of the process names nothing that another node, or the next start, has to find: the name is a plain digest then,
 * and only the token stays with the process that issued it.
 */
function processKeyring(secret: () => Uint8Array): Keyring {
  return { idOf: textDigest, sealingKey: (idempotencyKey, id) => sealingUnder(secret())(idempotencyKey, id) };
}

function sealingUnder(secret: Uint8Array): Keyring['sealingKey'] {
  return (idempotencyKey, id) => Buffer.from(hkdfSync('sha256', hmac(secret, idempotencyKey), id, 'latchkey sealed token v2', 32));
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function seal(token: Token, id: string, { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array }): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(token.reveal(), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** The token, or null where it was sealed by another process or before an upgrade. */
function unseal(sealed: Uint8Array, id: string, key: Uint8Array): Token | null {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(id)).setAuthTag(sealed.subarray(12, 28));
  try {
    return Token.of(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8'));
  } catch {
    return null;
  }
}
