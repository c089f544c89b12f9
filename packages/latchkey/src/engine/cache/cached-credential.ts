/** A credential as a node remembers it: lean, because there may be millions; what keys have in common is shared. */
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { Standing } from '../../domain/decide.js';
import type { JsonObject } from '../../domain/json.js';
import type { Credential } from '../../domain/key.js';
import { type Limit, withOverrides } from '../../domain/limit.js';
import { Memo } from '../../domain/utilities/memo.js';
import type { VerifiedKey } from '../../domain/verdict.js';
import { packSlots, invalidationSlotOf } from './slots.js';

export interface CachedCredential extends Standing {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly secretId: string;
  readonly profile: Profile;
  /** The number of the last invalidation when the read began. */
  readonly readAt: number;
  /** Where key and owner stand in the cache's table. */
  readonly slots: number;
}

/** What many keys have in common; frozen and shared. */
export interface Profile {
  readonly tier: string | null;
  readonly tierSlot: number;
  readonly environment: string;
  readonly scopes: readonly string[];
  readonly metadata: JsonObject;
  readonly ipRules: readonly string[];
  readonly bounds: OperatorBounds | null;
  /** The key's own limits and those of its tier for which it has none of the same name. */
  readonly keyLimits: readonly Limit[];
  /** Shared by all keys of the owner. */
  readonly ownerLimits: readonly Limit[];
  readonly hasCredits: boolean;
}

/** Profiles that are interned. Entries keep theirs when these are dropped. */
const MAX_PROFILES = 10_000;
/** Longer ones, in characters of JSON, are of one key with much metadata, and not worth a place. */
const MAX_PROFILE_LENGTH = 2_048;

/** Makes cached credentials, giving those that are alike one profile. */
export function createCredentialMaker(): (credential: Credential, readAt: number) => CachedCredential {
  const profiles = new Memo<string, Profile>(MAX_PROFILES);

  function profileOf(credential: Credential): Profile {
    const { key, tierLimits, ownerLimits, hasCredits } = credential;
    const text = JSON.stringify([
      key.tier,
      key.environment,
      key.scopes,
      key.metadata,
      key.ipRules,
      key.bounds,
      key.limits,
      tierLimits,
      ownerLimits,
      hasCredits,
    ]);
    const known = profiles.get(text);
    if (known) return known;
    const profile: Profile = Object.freeze({
      tier: key.tier,
      tierSlot: invalidationSlotOf('tier', key.tier ?? ''),
      environment: key.environment,
      scopes: Object.freeze([...key.scopes]),
      metadata: key.metadata,
      ipRules: Object.freeze([...key.ipRules]),
      bounds: key.bounds,
      keyLimits: Object.freeze(withOverrides(tierLimits, key.limits)),
      ownerLimits: Object.freeze([...ownerLimits]),
      hasCredits,
    });
    if (text.length > MAX_PROFILE_LENGTH) return profile;
    profiles.set(text, profile);
    return profile;
  }

  return ({ key, secret, ...rest }, readAt) => ({
    id: key.id,
    name: key.name,
    owner: key.owner,
    secretId: secret.id,
    revoked: key.revokedAt !== null || secret.retired,
    disabled: key.disabledAt !== null,
    ownerSuspended: rest.ownerSuspendedAt !== null,
    validUntil: secret.validUntil,
    notBefore: key.notBefore,
    expiresAt: key.expiresAt,
    profile: profileOf({ key, secret, ...rest }),
    readAt,
    slots: packSlots(key.id, key.owner),
  });
}

/** What a verdict shows of the key. */
export function toVerifiedKey(credential: CachedCredential): VerifiedKey {
  const { profile } = credential;
  return {
    id: credential.id,
    name: credential.name,
    owner: credential.owner,
    tier: profile.tier,
    environment: profile.environment,
    scopes: profile.scopes,
    metadata: profile.metadata,
    expiresAt: credential.expiresAt,
    ...(profile.bounds !== null && { bounds: profile.bounds }),
  };
}
