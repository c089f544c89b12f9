/** The rules for the fields of a key beyond their shape: known names, expiries in the future, fields that fit one another. */
import type * as v from 'valibot';
import { OPERATOR_ENVIRONMENT, OPERATOR_SCOPES, type OperatorScope } from '../../domain/actor.js';
import { type CreditRefill, type CreditState, firstRefillAt } from '../../domain/credits.js';
import type { KeyRecord } from '../../domain/key.js';
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import { grants, isKnownScope, knownScopesFormat } from '../../domain/scopes.js';
import type { createKeyInput } from '../../contract/calls/key-inputs.js';
import type { Refuse } from '../../contract/index.js';
import { formatDuration } from '../../domain/time.js';
import { type EngineSettings, lifetimesOf, type LifetimeSettings } from '../runtime/settings.js';

/** The fields of a new key as its shape gives them. */
export type NewKeyFields = v.InferOutput<typeof createKeyInput>;

interface ScopeBounds {
  /** That of the key; null before it is known, when every scope passes. */
  readonly environment: string | null;
  /** The scopes that there are for ordinary keys, null for any. */
  readonly known: readonly string[] | null;
  /** The scopes that the key holds already; they may stay in any case. */
  readonly held?: readonly string[] | undefined;
}

type Expiry = Partial<Pick<NewKeyFields, 'expiresAt' | 'expiresIn' | 'notBefore'>>;

/** The instant, in epoch milliseconds, at which a key with these fields expires; null for never. */
export function expiryOf({ expiresAt, expiresIn }: Expiry, now: number): number | null {
  return expiresIn === undefined ? (expiresAt ?? null) : now + expiresIn;
}

/** Refuses an expiry that does not lie ahead, and one that is given twice. */
export function judgeExpiry(fields: Expiry, now: number, refuse: Refuse): void {
  const { expiresAt, expiresIn } = fields;
  if (expiresAt != null && expiresIn !== undefined) refuse('/expiresIn', 'Give either expiresAt or expiresIn, not both.');
  const expiry = expiryOf(fields, now);
  if (expiry !== null && expiry <= now)
    refuse(expiresIn === undefined ? '/expiresAt' : '/expiresIn', 'Use an expiry in the future. To end a key now, revoke it.');
}

/** Returns the expiry fields of a new key: with the default lifetime of keys, where they say nothing about an expiry. */
export function withDefaultExpiry<Fields extends Expiry>(fields: Fields, settings: LifetimeSettings): Fields {
  const { defaultMs } = lifetimesOf(settings);
  const isGiven = fields.expiresAt !== undefined || fields.expiresIn !== undefined;
  return isGiven || defaultMs === null ? fields : { ...fields, expiresIn: defaultMs };
}

/** Refuses an expiry beyond the longest lifetime of keys, or before the shortest. */
export function judgeLifetime(fields: Expiry, { settings, now }: { settings: LifetimeSettings; now: number }, refuse: Refuse): void {
  const { minMs, maxMs } = lifetimesOf(settings);
  const pointer = fields.expiresIn === undefined ? '/expiresAt' : '/expiresIn';
  const lifetime = (expiryOf(fields, now) ?? Infinity) - now;
  if (maxMs !== null && lifetime > maxMs) {
    const whyNot = lifetime === Infinity ? 'Every key expires here.' : 'The key would live too long.';
    refuse(pointer, `${whyNot} Use an expiry at most ${formatDuration(maxMs)} ahead, the longest lifetime of keys.`);
  }
  if (minMs !== null && lifetime > 0 && lifetime < minMs) {
    const shortest = `Use an expiry at least ${formatDuration(minMs)} ahead, the shortest lifetime of keys.`;
    refuse(pointer, `${shortest} To end a key sooner, disable or revoke it.`);
  }
}

/** Refuses, at `pointer`, a key that would end before it begins. */
export function judgePeriod({ notBefore, expiresAt }: Pick<KeyRecord, 'notBefore' | 'expiresAt'>, pointer: string, refuse: Refuse): void {
  if (notBefore !== null && expiresAt !== null && notBefore >= expiresAt) refuse(pointer, 'The key must begin before it expires.');
}

export function judgeEnvironment(environment: string, { environments }: Pick<EngineSettings, 'environments'>, refuse: Refuse): void {
  if (environment === OPERATOR_ENVIRONMENT || environments.includes(environment)) return;
  refuse('/environment', `Use one of the configured environments: ${environments.join(', ')}.`);
}

export function judgeScopes(scopes: readonly string[], { environment, known, held = [] }: ScopeBounds, refuse: Refuse): void {
  const isOperator = environment === OPERATOR_ENVIRONMENT;
  if (isOperator && scopes.length === 0) refuse('/scopes', 'An operator token needs at least one scope, such as "keys:verify".');
  const among = isOperator ? OPERATOR_SCOPES : known;
  if (environment === null || among === null) return;
  scopes.forEach((scope, index) => {
    if (!held.includes(scope) && !isKnownScope(among, scope)) refuse(`/scopes/${index}`, `Use ${knownScopesFormat(among)}.`);
  });
}

/** Refuses bounds on environments that are not configured and on scopes that there are not. */
export function judgeBounds(bounds: OperatorBounds, { environments, scopes: known }: EngineSettings, refuse: Refuse): void {
  bounds.environments?.forEach((each, index) => {
    if (each !== OPERATOR_ENVIRONMENT && !environments.includes(each))
      refuse(
        `/bounds/environments/${index}`,
        `Use one of the configured environments: ${environments.join(', ')}; or ${OPERATOR_ENVIRONMENT}.`,
      );
  });
  bounds.grants?.forEach((scope, index) => {
    if (known !== null && !isKnownScope(known, scope)) refuse(`/bounds/grants/${index}`, `Use ${knownScopesFormat(known)}.`);
  });
}

/** Bounds as they are stored: each entry once, and no list that was not given. */
export function boundsOf(bounds: OperatorBounds | null | undefined): OperatorBounds | null {
  if (bounds == null) return null;
  const given = Object.entries(bounds) as [keyof OperatorBounds, readonly string[] | undefined][];
  return Object.fromEntries(given.flatMap(([name, entries]) => (entries === undefined ? [] : [[name, [...new Set(entries)]]])));
}

/** A budget as it begins. */
export function creditsOf(
  { remaining, refill = null }: { readonly remaining: number; readonly refill?: CreditRefill | null | undefined },
  now: number,
): CreditState {
  return { remaining, refill, nextRefillAt: refill === null ? null : firstRefillAt(refill, now) };
}

/** Scopes that a bounded token may hold. The others reach figures, entries and records of all keys, which nothing narrows. */
const BOUNDED_SCOPES: readonly OperatorScope[] = [
  'keys:read',
  'keys:write',
  'keys:verify',
  'owners:read',
  'owners:write',
  'tiers:read',
  'portal:write',
  'cluster:read',
  'settings:read',
];

/** Scopes about whole owners: beside bounds they need the owners to be named. */
const OWNER_BOUNDED_SCOPES: readonly OperatorScope[] = ['owners:read', 'owners:write', 'portal:write'];

/** Refuses bounds on a key that is no operator token, and scopes that bounds could not hold. */
export function judgeBounded({ environment, scopes, bounds }: Pick<KeyRecord, 'environment' | 'scopes' | 'bounds'>, refuse: Refuse): void {
  if (bounds === null) return;
  if (environment !== OPERATOR_ENVIRONMENT) refuse('/bounds', 'Only operator tokens are bound. Leave it out, or use null.');
  const held = OPERATOR_SCOPES.filter((scope) => grants(scopes, scope));
  const unbounded = held.filter((scope) => !BOUNDED_SCOPES.includes(scope));
  if (unbounded.length > 0) {
    refuse('/scopes', `A bounded token cannot hold ${unbounded.join(', ')}: no bound narrows them. Name the scopes that it needs.`);
    return;
  }
  const ofOwners = held.filter((scope) => OWNER_BOUNDED_SCOPES.includes(scope));
  if (ofOwners.length === 0) return;
  if (bounds.owners === undefined) {
    refuse('/bounds/owners', `Name the owners: a bounded token with ${ofOwners.join(', ')} reaches whole owners.`);
    return;
  }
  const allowed = ofOwners.includes('portal:write') ? ['owners'] : ['owners', 'grants'];
  for (const name of Object.keys(bounds).filter((one) => !allowed.includes(one))) {
    refuse(`/bounds/${name}`, `Leave it out beside ${ofOwners.join(', ')}: these reach all keys of an owner.`);
  }
}
