/** The decision that needs no counting: may this secret of this key be used, so, now? Pure. */
import { OPERATOR_ENVIRONMENT } from './actor.js';
import type { CallerAddress } from './caller-address.js';
import { ipAllowed } from './ip-rules.js';
import { grantsAny, missingScopes } from './scopes.js';
import type { RefusalCode } from './verdict.js';

/** How a credential stands: the part of it that changes from key to key. */
export interface Standing {
  /** The key is revoked, or its secret was ended at once. */
  readonly revoked: boolean;
  readonly disabled: boolean;
  readonly ownerSuspended: boolean;
  /** Epoch milliseconds, or null, as of the three below: from when the secret is retired … */
  readonly validUntil: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly profile: Pick<KeyAccessRules, 'environment' | 'ipRules' | 'scopes'>;
}

/** What a key may be used for, and from where. */
export interface KeyAccessRules {
  readonly environment: string;
  readonly ipRules: readonly string[];
  readonly scopes: readonly string[];
}

export interface Asked {
  /** The environment asked for; null for any but `operator`. */
  readonly environment: string | null;
  readonly ip: CallerAddress;
  /** The scopes that the key must hold, all of them. */
  readonly scopes: readonly string[] | undefined;
  /** The scopes of which the key must hold one. */
  readonly anyScope?: readonly string[] | undefined;
}

/**
 * Steps 5 to 7 of a verification, in order; the first refusal wins, null when there is none.
 *
 * Every boundary is strict: valid before the instant, not at it.
 */
export function decide(standing: Standing, asked: Asked, now: number): RefusalCode | null {
  return decideState(standing, now) ?? decideExpiry(standing, now) ?? decideAccess(standing.profile, asked);
}

export function decideState(standing: Standing, now: number): RefusalCode | null {
  if (standing.validUntil !== null && now >= standing.validUntil) return 'revoked';
  if (standing.revoked) return 'revoked';
  if (standing.disabled) return 'disabled';
  if (standing.notBefore !== null && now < standing.notBefore) return 'not_yet_active';
  if (standing.ownerSuspended) return 'owner_suspended';
  return null;
}

export function decideExpiry(standing: Standing, now: number): RefusalCode | null {
  return standing.expiresAt !== null && now >= standing.expiresAt ? 'expired' : null;
}

export function decideAccess(rules: KeyAccessRules, asked: Asked): RefusalCode | null {
  if (!environmentAllowed(rules.environment, asked.environment)) return 'wrong_environment';
  if (rules.ipRules.length > 0 && !ipAllowed(rules.ipRules, asked.ip)) return 'ip_denied';
  if (asked.scopes !== undefined && asked.scopes.length > 0 && missingScopes(rules.scopes, asked.scopes).length > 0)
    return 'insufficient_scope';
  if (asked.anyScope !== undefined && !grantsAny(rules.scopes, asked.anyScope)) return 'insufficient_scope';
  return null;
}

/** An operator token opens Latchkey's own API alone: nothing but asking for it by name lets it pass. */
export function environmentAllowed(environment: string, asked: string | null): boolean {
  return asked === null ? environment !== OPERATOR_ENVIRONMENT : environment === asked;
}
