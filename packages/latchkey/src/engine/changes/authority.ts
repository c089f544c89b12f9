/**
 * Nobody does, or hands out, more than they may. The admin key, the library and the system may do everything; an operator
 * what their own token's key allows at the moment of the change, not at that of the request; one for whom an identity
 * provider vouches what the configuration gives them.
 *
 * An operator changes only records that they could have made: the record is judged as it was and as it becomes, their own
 * included (ADR 33).
 */
import { type CallContext, isIdentity, OPERATOR_ENVIRONMENT, type OperatorScope } from '../../domain/actor.js';
import { covers, isWithin, type OperatorBounds } from '../../domain/operator-bounds.js';
import { ForbiddenError, NotFoundError } from '../../domain/errors.js';
import { type KeyRecord, keyStatus } from '../../domain/key.js';
import { isRuleWithin } from '../../domain/ip-rules.js';
import { type Limit, isAtLeastAsTight, withOverrides } from '../../domain/limit.js';
import { missingScopes } from '../../domain/scopes.js';
import type { Change } from '../../ports/key-store.js';

/**
 * The actor of a change, and the scope that an operator needs for it; null for what only Latchkey itself does, and for
 * self-service, which judges owners by rules of its own (own-parts.ts).
 */
export interface Requested {
  readonly context: CallContext;
  readonly scope: OperatorScope | null;
}

/** The authority of an actor within the transaction of a change. Every call that refuses throws. */
export interface Authority {
  /**
   * For a key before it is changed, as it is. Throws a NotFoundError outside the actor's bounds, as for
   * a key that does not exist, and a ForbiddenError for one that the actor could not have made.
   */
  assertMayChange(key: KeyRecord): Promise<void>;
  /** For a key as it becomes, new or changed. Throws a ForbiddenError. */
  assertMayGrant(key: KeyRecord): Promise<void>;
  /** For the credits of a key. Throws a ForbiddenError for those of the actor's own token. */
  assertMayFund(key: KeyRecord): void;
  /**
   * Runs a change of a record that its keys depend on, an owner or a tier: each of the keys that are neither revoked nor
   * expired could have been made by the actor before it and after it.
   */
  aroundKeys(of: { readonly owner: string } | { readonly tier: string }, change: () => Promise<void>): Promise<void>;
  /** Returns whether the owner is within the actor's bounds. */
  reachesOwner(id: string): boolean;
}

/**
 * Throws a ForbiddenError for an operator whose token is not good any more, or lacks the scope of the change; and for an owner:
 * owners act through self-service only, which knows what is theirs and what they may choose.
 */
export async function openAuthority(change: Change, { context, scope }: Requested, now: number): Promise<Authority> {
  const { actor } = context;
  if (actor.type === 'owner') {
    if (scope === null) return ofOwner;
    throw new ForbiddenError('Owners change keys through self-service only.');
  }
  if (scope === null || actor.type !== 'operator') return UNRESTRICTED;
  const own = isIdentity(actor) ? holdingsOfIdentity(actor.scopes) : await holdingsOfToken(change, actor.id, now);
  const missing = missingScopes(own.scopes, [scope satisfies OperatorScope]);
  if (missing.length > 0) throw new ForbiddenError(`This needs the scope ${scope}, which you do not hold.`, missing);
  return createAuthority(change, own, now);
}

/** Returns the key of an operator token that may be used at `now`; null for any other id. */
async function findActiveOperator(change: Change, id: string, now: number): Promise<KeyRecord | null> {
  const key = await change.keys.find(id);
  const owner = key === null ? null : await change.owners.find(key.owner);
  if (key === null || key.environment !== OPERATOR_ENVIRONMENT) return null;
  return keyStatus(key, owner?.suspendedAt ?? null, now) === 'active' ? key : null;
}

const allow = async (): Promise<void> => {};

const UNRESTRICTED: Authority = {
  assertMayChange: allow,
  assertMayGrant: allow,
  assertMayFund() {},
  aroundKeys: (_of, change) => change(),
  reachesOwner: () => true,
};

/** Self-service judges an owner's changes before they are made (own-parts.ts). An owner never gives an operator token. */
const ofOwner: Authority = {
  ...UNRESTRICTED,
  async assertMayGrant({ environment }) {
    if (environment === OPERATOR_ENVIRONMENT) throw new ForbiddenError('Owners create no operator tokens. Ask an operator for one.');
  },
};

/** What a token lets its bearer do, and what holds the bearer back. */
interface Holdings {
  readonly scopes: readonly string[];
  readonly expiresAt: number | null;
  readonly ipRules: readonly string[];
  readonly bounds: OperatorBounds | null;
  /** The limits of the key, its tier and its owner. */
  readonly limits: readonly Limit[];
}

/** The holdings of an actor, as its change begins. */
interface OwnHoldings extends Holdings {
  /** The id of the token's key; null for an identity. */
  readonly keyId: string | null;
  readonly hasCredits: boolean;
}

function holdingsOfIdentity(scopes: readonly string[]): OwnHoldings {
  return { keyId: null, scopes, expiresAt: null, ipRules: [], bounds: null, limits: [], hasCredits: false };
}

async function holdingsOfToken(change: Change, id: string, now: number): Promise<OwnHoldings> {
  const key = await findActiveOperator(change, id, now);
  if (key === null) throw new ForbiddenError('Your operator token is not active any more. Ask for another one.');
  return { ...(await holdingsOf(change, key)), keyId: id, hasCredits: await change.credits.has(id) };
}

async function holdingsOf(change: Change, key: KeyRecord): Promise<Holdings> {
  const { scopes, expiresAt, ipRules, bounds } = key;
  const limits = [...(await keyLimits(change, key)), ...((await change.owners.find(key.owner))?.limits ?? [])];
  return { scopes, expiresAt, ipRules, bounds, limits };
}

async function keyLimits(change: Change, { tier, limits }: Pick<KeyRecord, 'tier' | 'limits'>): Promise<readonly Limit[]> {
  return withOverrides(tier === null ? [] : ((await change.tiers.find(tier))?.limits ?? []), limits);
}

function createAuthority(change: Change, own: OwnHoldings, now: number): Authority {
  const { bounds } = own;
  const isOwn = (key: KeyRecord): boolean => key.id === own.keyId;

  async function assertMayChange(key: KeyRecord): Promise<void> {
    if (isOwn(key)) return;
    if (bounds !== null && !isWithin(bounds, key)) throw new NotFoundError('key');
    const beyond = await findBeyond(key);
    if (beyond !== null)
      throw new ForbiddenError(`You cannot change a key that you could not have made. ${beyond.message}`, beyond.missing);
  }

  async function assertMayGrant(key: KeyRecord): Promise<void> {
    if (bounds !== null && !isOwn(key) && !isWithin(bounds, key)) {
      throw new ForbiddenError(`Your operator token is bound to ${describe(bounds)}. Name these, or use another token.`);
    }
    const beyond = await findBeyond(key);
    if (beyond !== null) throw new ForbiddenError(beyond.message, beyond.missing);
  }

  /** Returns why the actor could not have made the key; null where it could. */
  function findBeyond(key: KeyRecord): Promise<Beyond | null> {
    return key.environment === OPERATOR_ENVIRONMENT ? beyondOperator(key) : beyondGrants(key);
  }

  async function beyondOperator(key: KeyRecord): Promise<Beyond | null> {
    const other = await holdingsOf(change, key);
    const missing = missingScopes(own.scopes, other.scopes);
    if (missing.length > 0) return { message: `You cannot give scopes that you do not hold: ${missing.join(', ')}.`, missing };
    if (own.expiresAt !== null && (other.expiresAt === null || other.expiresAt > own.expiresAt)) {
      return { message: 'An operator token cannot outlive the one that it was issued or changed with: give an earlier expiry.' };
    }
    if (own.ipRules.length > 0 && (other.ipRules.length === 0 || !other.ipRules.every((rule) => isRuleWithin(rule, own.ipRules)))) {
      return {
        message: 'An operator token has no wider IP allowlist than the one it is issued or changed with: give its rules, or parts of them.',
      };
    }
    if (bounds !== null && !covers(bounds, other.bounds)) {
      return { message: `An operator token is bound at least as yours is: to ${describe(bounds)}. Give it these bounds.` };
    }
    if (!isAtLeastAsTight(other.limits, own.limits)) {
      return { message: `An operator token has limits at least as tight as yours: ${namesOf(own.limits)}. Give it these limits.` };
    }
    if (own.hasCredits && !isOwn(key)) {
      return { message: 'Your operator token has a budget of credits and issues or changes no other one. Use a token without credits.' };
    }
    return null;
  }

  async function beyondGrants(key: KeyRecord): Promise<Beyond | null> {
    const missing = bounds?.grants === undefined ? [] : missingScopes(bounds.grants, key.scopes);
    if (missing.length > 0) {
      return {
        message: `Your operator token may not give the scopes ${missing.join(', ')}. Leave them out, or use another token.`,
        missing,
      };
    }
    if (bounds?.tiers === undefined || key.tier === null) return null;
    const ofTier = (await change.tiers.find(key.tier))?.limits ?? [];
    if (isAtLeastAsTight(await keyLimits(change, key), ofTier)) return null;
    return { message: `Your operator token may not give wider limits than those of the tier ${key.tier}. Give tighter ones.` };
  }

  return {
    assertMayChange,
    assertMayGrant,
    assertMayFund(key) {
      if (!own.hasCredits || !isOwn(key)) return;
      throw new ForbiddenError('You cannot change the credits of your own token. Ask an operator who may.');
    },
    async aroundKeys(of, run) {
      // Who is not bound may change every key but an operator token. A tier decides about the keys that have it for operator tokens only.
      const keys = await change.keys.listKinds({ ...of, operators: bounds === null || 'tier' in of }, now);
      for (const key of keys) await assertMayChange(key);
      await run();
      for (const key of keys) if (key.environment === OPERATOR_ENVIRONMENT) await assertMayGrant(key);
    },
    reachesOwner: (id) => bounds?.owners === undefined || bounds.owners.includes(id),
  };
}

interface Beyond {
  readonly message: string;
  readonly missing?: readonly string[];
}

function namesOf(limits: readonly Limit[]): string {
  return limits.map(({ name }) => name).join(', ');
}

function describe(bounds: OperatorBounds): string {
  return Object.entries(bounds)
    .map(([name, values]: [string, readonly string[]]) => `the ${name} ${values.join(', ')}`)
    .join('; ');
}
