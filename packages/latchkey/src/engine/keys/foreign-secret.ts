/** Secrets of tokens that were not made here: as an import brings them, or as a caller chooses them. */
import { importedDigest, sha256 } from '../../domain/credential-digest.js';
import { ConflictError } from '../../domain/errors.js';
import type { SecretRecord } from '../../domain/key.js';
import { hintOf } from '../../domain/token.js';
import type { Change } from '../../ports/key-store.js';
import { MAX_PER_LOCATOR } from '../cache/slow-lookup.js';

/** A secret without an id and a key, found by a digest that no pepper keys. It is rewritten at its first use as one of today. */
export const FOREIGN_SECRET: SecretRecord = {
  id: '',
  keyId: '',
  scheme: 'sha256',
  pepperId: null,
  digest: null,
  encoded: null,
  locator: null,
  foreign: true,
  hint: '…',
  createdAt: 0,
  validUntil: null,
  retired: false,
  lastUsedAt: null,
};

/** Returns the secret of a token that a caller chose. */
export function chosenSecret({ id, keyId, createdAt }: SecretRecord, token: string): SecretRecord {
  return { ...FOREIGN_SECRET, id, keyId, createdAt, digest: sha256(token), hint: hintOf(token) };
}

/** Rejects with a ConflictError where a key has this secret already, or too many are looked up by the same characters. */
export async function insertForeignSecret(change: Change, secret: SecretRecord): Promise<void> {
  const digest = importedDigest(secret);
  if (digest !== null && (await change.secrets.exists(digest))) {
    throw new ConflictError('already_imported', `A key has the token with the hint ${secret.hint} already.`);
  }
  if (secret.locator !== null && (await change.secrets.countByLocator(secret.locator)) >= MAX_PER_LOCATOR) {
    throw new ConflictError(
      'already_imported',
      `More than ${MAX_PER_LOCATOR} secrets would be looked up by the same characters. Give more characters of each token in lookup.`,
    );
  }
  await change.secrets.insert(secret);
}
