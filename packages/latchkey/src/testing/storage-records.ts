/** Records for the conformance suite: complete, distinct by their number, and set at fixed instants. */
import { createHash } from 'node:crypto';
import { Digest } from '../domain/digest.js';
import type { EventDraft } from '../domain/event.js';
import type { KeyRecord, SecretRecord, TierRecord } from '../domain/key.js';
import type { IdempotencyRecord } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';

/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

export function sampleKey(number: number, fields: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: `key_${String(number).padStart(4, '0')}`,
    version: 1,
    name: `Key ${number}`,
    description: null,
    owner: 'owner-1',
    tier: null,
    environment: 'live',
    scopes: ['articles:read'],
    tags: [],
    createdAt: START + number,
    createdBy: 'library',
    notBefore: null,
    expiresAt: null,
    disabledAt: null,
    revokedAt: null,
    revokedBy: null,
    revokedReason: null,
    ipRules: [],
    limits: [],
    metadata: {},
    bounds: null,
    ...fields,
  };
}

export function sampleDigest(text: string): Digest {
  return Digest.of(createHash('sha256').update(text).digest());
}

/** A secret of the key of the same number. */
export function sampleSecret(number: number, fields: Partial<SecretRecord> = {}): SecretRecord {
  return {
    id: `secret_${String(number).padStart(4, '0')}`,
    keyId: sampleKey(number).id,
    scheme: 'sha256',
    pepperId: null,
    digest: sampleDigest(`secret ${number}`),
    encoded: null,
    locator: null,
    foreign: false,
    hint: `acme_live_…${String(number).padStart(4, 'x')}`,
    createdAt: START + number,
    validUntil: null,
    retired: false,
    lastUsedAt: null,
    ...fields,
  };
}

/** A secret that is found by a part of its token. */
export function sampleForeignSecret(number: number, fields: Partial<SecretRecord> = {}): SecretRecord {
  const imported = {
    scheme: 'bcrypt',
    digest: null,
    encoded: `$2b$10$${number}`,
    locator: `start:8:legacy-${number}`,
    foreign: true,
  } as const;
  return sampleSecret(number, { ...imported, ...fields });
}

export function sampleTier(name: string, fields: Partial<TierRecord> = {}): TierRecord {
  const limits = [{ name: 'requests', limit: 60, windowMs: 60_000, algorithm: 'fixed-window' }] as const;
  return { name, limits, configured: false, createdAt: START, updatedAt: START, ...fields };
}

export function sampleEvent(number: number, fields: Partial<EventDraft> = {}): EventDraft {
  return {
    at: START + number,
    action: 'key.created',
    actor: { type: 'library', id: 'library' },
    target: { type: 'key', id: sampleKey(number).id },
    owner: 'owner-1',
    reason: null,
    address: null,
    requestId: null,
    session: null,
    before: null,
    after: { name: `Key ${number}` },
    ...fields,
  };
}

export function sampleIdempotency(number: number, fields: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    id: `request-${number}`,
    fingerprint: `body-${number}`,
    keyId: sampleKey(number).id,
    sealedToken: Buffer.from([1, 2, 3, 0, 255]),
    sealedUntil: START + 1_000,
    expiresAt: START + 5_000,
    ...fields,
  };
}

/** Stores the keys, each with the secret of its number unless others are given. */
export async function storeKeys(storage: Storage, keys: readonly KeyRecord[], secrets?: readonly SecretRecord[]): Promise<void> {
  await storage.keys.change(async (change) => {
    for (const key of keys) await change.keys.insert(key);
    for (const secret of secrets ?? keys.map((key) => sampleSecret(Number(key.id.slice('key_'.length)))))
      await change.secrets.insert(secret);
  });
}

/** Records that the key of the secret was used with it. */
export async function recordUse(
  storage: Storage,
  { id: secretId, keyId }: SecretRecord,
  { at, uses = 1 }: { readonly at: number; readonly uses?: number },
): Promise<void> {
  await storage.usage.recordUsage({ counts: [], lastUses: [{ keyId, secretId, at, address: null, userAgent: null, uses }] });
}
