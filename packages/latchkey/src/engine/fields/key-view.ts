/** What is shown of records: times as ISO 8601, a status in one word, and never anything of a secret but its hint. */
import type { CreditState } from '../../domain/credits.js';
import { type KeyDetail, keyStatus, type OwnerRevocation, type SecretRecord } from '../../domain/key.js';
import { formatDuration, isoOrNull, toIso } from '../../domain/time.js';
import type { OwnerDetail, TierDetail } from '../../ports/catalog.js';
import type { CreditsView, KeyView, OwnerView, RevokingView, SecretView, TierView } from '../api/index.js';

const DAY_MS = 86_400_000;

export function viewKey(detail: Omit<KeyDetail, 'idleSince' | 'usesNoted'>, now: number): KeyView {
  const { key, secrets, ownerSuspendedAt, credits, lastUse, uses } = detail;
  return {
    id: key.id,
    name: key.name,
    description: key.description,
    owner: key.owner,
    tier: key.tier,
    environment: key.environment,
    scopes: key.scopes,
    tags: key.tags,
    hint: secrets[0]?.hint ?? '',
    status: keyStatus(key, ownerSuspendedAt, now),
    createdAt: toIso(key.createdAt),
    createdBy: key.createdBy,
    notBefore: isoOrNull(key.notBefore),
    expiresAt: isoOrNull(key.expiresAt),
    daysUntilExpiry: key.expiresAt === null ? null : Math.max(0, Math.ceil((key.expiresAt - now) / DAY_MS)),
    lastUsedAt: isoOrNull(lastUse?.at ?? null),
    lastUsedFrom: lastUse === null ? null : { address: lastUse.address, userAgent: lastUse.userAgent },
    requests: uses,
    revokedAt: isoOrNull(key.revokedAt),
    revokedBy: key.revokedBy,
    revokedReason: key.revokedReason,
    ipRules: key.ipRules,
    limits: key.limits,
    credits: credits === null ? null : viewCredits(credits),
    metadata: key.metadata,
    version: key.version,
    bounds: key.bounds,
    secrets: secrets.map(viewSecret),
  };
}

function viewCredits({ remaining, refill, nextRefillAt }: CreditState): CreditsView {
  return {
    remaining,
    refill:
      refill === null
        ? null
        : {
            amount: refill.amount,
            mode: refill.mode,
            ...(refill.every === 'month' ? { every: 'month', day: refill.day } : { every: formatDuration(refill.intervalMs) }),
          },
    nextRefillAt: isoOrNull(nextRefillAt),
  };
}

export function viewOwner({ owner, keys }: OwnerDetail): OwnerView {
  return {
    id: owner.id,
    name: owner.name,
    description: owner.description,
    status: owner.suspendedAt === null ? 'active' : 'suspended',
    limits: owner.limits,
    maxKeys: owner.maxKeys,
    metadata: owner.metadata,
    createdAt: toIso(owner.createdAt),
    suspendedAt: isoOrNull(owner.suspendedAt),
    suspendedReason: owner.suspendedReason,
    keys,
    version: owner.version,
    revoking: owner.revocation === null ? null : viewRevocation(owner.revocation),
  };
}

function viewRevocation({ at, keys, left }: OwnerRevocation): RevokingView {
  return { at: toIso(at), keys, left };
}

export function viewTier({ tier, keys }: TierDetail): TierView {
  return {
    name: tier.name,
    limits: tier.limits,
    configured: tier.configured,
    keys,
    createdAt: toIso(tier.createdAt),
    updatedAt: toIso(tier.updatedAt),
  };
}

function viewSecret(secret: SecretRecord): SecretView {
  return {
    id: secret.id,
    hint: secret.hint,
    createdAt: toIso(secret.createdAt),
    validUntil: isoOrNull(secret.validUntil),
    lastUsedAt: isoOrNull(secret.lastUsedAt),
  };
}
