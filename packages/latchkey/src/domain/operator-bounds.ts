/**
 * Bounds of an operator token: the keys that it sees, verifies and changes, and what it may give them. An absent
 * list binds nothing, an empty one admits nothing. All lists hold together, whatever the token's scopes.
 */
import { missingScopes } from './scopes.js';

export interface OperatorBounds {
  /** Environments of the keys; `operator` among them admits operator tokens. */
  readonly environments?: readonly string[] | undefined;
  /** Ids of the owners of the keys. */
  readonly owners?: readonly string[] | undefined;
  /** Tiers of the keys. A key without a tier is outside; none is given wider limits than its tier's. */
  readonly tiers?: readonly string[] | undefined;
  /** Scopes that the token may give, each or what it covers. It changes no key that holds more. */
  readonly grants?: readonly string[] | undefined;
}

/** The lists that say which keys there are for a bounded operator. */
export const BOUND_LISTS = ['environments', 'owners', 'tiers'] as const;

/** The fields of a key by which it is within bounds or outside them. */
export interface Bounded {
  readonly environment: string;
  readonly owner: string;
  readonly tier: string | null;
}

/** Returns whether a key is within bounds: in all of the lists that say which keys there are. */
export function isWithin({ environments, owners, tiers }: OperatorBounds, key: Bounded): boolean {
  if (environments !== undefined && !environments.includes(key.environment)) return false;
  if (owners !== undefined && !owners.includes(key.owner)) return false;
  return tiers === undefined || (key.tier !== null && tiers.includes(key.tier));
}

/** Returns whether everything that `inner` admits is admitted by `outer`. */
export function covers(outer: OperatorBounds | null, inner: OperatorBounds | null): boolean {
  if (outer === null) return true;
  for (const name of BOUND_LISTS) {
    const [own, other] = [outer[name], inner?.[name]];
    if (own !== undefined && (other === undefined || !other.every((each) => own.includes(each)))) return false;
  }
  return outer.grants === undefined || (inner?.grants !== undefined && missingScopes(outer.grants, inner.grants).length === 0);
}
