/**
 * The records of Latchkey. Times are epoch milliseconds. Records are values: a change is a new record,
 * and only the fields that changed are written.
 */
import type { OperatorBounds } from './operator-bounds.js';
import type { CreditState } from './credits.js';
import type { Digest } from './digest.js';
import type { JsonObject } from './json.js';
import type { Limit } from './limit.js';

/** Who may do what, until when, how much. Lives on through rotations. */
export interface KeyRecord {
  readonly id: string;
  /** 1 for a new key; every change of the record, its credits or its secrets that somebody makes raises it. The store does. */
  readonly version: number;
  readonly name: string;
  /** For people; lines are separated by `\n`. Null where there is none. */
  readonly description: string | null;
  readonly owner: string;
  readonly tier: string | null;
  readonly environment: string;
  readonly scopes: readonly string[];
  /** Each once, sorted. */
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly disabledAt: number | null;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
  /** Addresses and CIDR blocks from which alone the key may be used; empty means from anywhere. */
  readonly ipRules: readonly string[];
  /** Limits of this key; one with the name of a limit of the tier stands in its place. */
  readonly limits: readonly Limit[];
  readonly metadata: JsonObject;
  /** Of an operator token: the keys that there are for it. Null for one that is not bound, and for every other key. */
  readonly bounds: OperatorBounds | null;
}

/** How a secret is stored. `sha256` and `hmac-sha256` are computed from the token alone. */
export type SecretScheme = 'sha256' | 'hmac-sha256' | 'bcrypt' | 'argon2id';

/** What is stored of one token. */
export interface SecretRecord {
  readonly id: string;
  readonly keyId: string;
  readonly scheme: SecretScheme;
  /** For `hmac-sha256`: which pepper. */
  readonly pepperId: string | null;
  /** For schemes computed from the token alone; unique. */
  readonly digest: Digest | null;
  /** For the others: the encoded hash (`$2b$…`, `$argon2id$…`). */
  readonly encoded: string | null;
  /** For the others: the part of the token by which it is found, as `start:8:abcdefgh` or `end:4:wxyz`. */
  readonly locator: string | null;
  /** Whether its token has another format than ours (it was imported). */
  readonly foreign: boolean;
  readonly hint: string;
  readonly createdAt: number;
  /** The instant from which the secret is retired; null while it is current. */
  readonly validUntil: number | null;
  /** Whether it was ended at once: then no clock that is set back makes it good again. */
  readonly retired: boolean;
  readonly lastUsedAt: number | null;
}

/** What is shared by an owner's keys. */
export interface OwnerRecord {
  readonly id: string;
  /** 1 at first, and one more with each change of the record; a revocation of its keys leaves it. */
  readonly version: number;
  readonly name: string | null;
  /** As that of a key. */
  readonly description: string | null;
  /** Limits shared by all keys of the owner. */
  readonly limits: readonly Limit[];
  /** How many keys (neither revoked nor expired) the owner may have; null for the configured default. */
  readonly maxKeys: number | null;
  readonly metadata: JsonObject;
  readonly createdAt: number;
  readonly suspendedAt: number | null;
  readonly suspendedReason: string | null;
  /** The revocation of all keys that is under way; null where none is. */
  readonly revocation: OwnerRevocation | null;
}

/**
 * A revocation of all keys of an owner. It holds from its first transaction on: every read of a key that it covers says
 * "revoked". The keys' own rows follow in batches (ADR 36).
 */
export interface OwnerRevocation {
  /** Keys that were created at this instant or before it are revoked. A key that is created later gets a later instant. */
  readonly until: number;
  readonly at: number;
  readonly by: string;
  readonly reason: string | null;
  /** The place in the audit log of the event that began it: who did it, and from where. */
  readonly event: number;
  /** The number of keys that it revokes, and of those whose rows do not say so yet. */
  readonly keys: number;
  readonly left: number;
}

/** A named set of limits. */
export interface TierRecord {
  readonly name: string;
  readonly limits: readonly Limit[];
  /** Whether the configuration declares it; such a tier is changed there, not over the API. */
  readonly configured: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** When, from where and with what a key was last used. */
export interface LastUse {
  readonly at: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** All that a verification needs to know, in one read. */
export interface Credential {
  readonly secret: SecretRecord;
  readonly key: KeyRecord;
  readonly ownerSuspendedAt: number | null;
  readonly ownerLimits: readonly Limit[];
  readonly tierLimits: readonly Limit[];
  /** Whether the key has a budget of credits. */
  readonly hasCredits: boolean;
}

/** All that is shown of a key. */
export interface KeyDetail {
  readonly key: KeyRecord;
  /** The current one first, then the newest; ten at the most, among them every live one. */
  readonly secrets: readonly SecretRecord[];
  readonly ownerSuspendedAt: number | null;
  readonly credits: CreditState | null;
  readonly lastUse: LastUse | null;
  /** How often it was accepted. */
  readonly uses: number;
  /** The same as it was noted last, about once a day: keys are sorted by it, without a write to an index at each use. */
  readonly usesNoted: number;
  /**
   * Since when nobody used the key: from its creation, or from a use that may be up to a day older than the last. Coarse, so
   * that keys can be found by it without a write to an index at each use.
   */
  readonly idleSince: number;
}

/** Tokens of one key that are valid at once: more than that nobody can watch, and a rotation that would leave more is refused. */
export const MAX_LIVE_SECRETS = 5;

export const KEY_STATUSES = ['active', 'disabled', 'revoked', 'expired', 'scheduled', 'suspended'] as const;

export type KeyStatus = (typeof KEY_STATUSES)[number];

/** The one word for how a key stands at `now`: what is final first, then what somebody can undo, then time. */
export function keyStatus(
  key: Pick<KeyRecord, 'revokedAt' | 'expiresAt' | 'disabledAt' | 'notBefore'>,
  ownerSuspendedAt: number | null,
  now: number,
): KeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && now >= key.expiresAt) return 'expired';
  if (key.disabledAt !== null) return 'disabled';
  if (ownerSuspendedAt !== null) return 'suspended';
  if (key.notBefore !== null && now < key.notBefore) return 'scheduled';
  return 'active';
}
