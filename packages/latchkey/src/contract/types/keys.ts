/** The types of the calls about keys. Generated from `contract/calls/keys.ts`: run `npm run contract` after a change there. */
import type { JsonObject } from '../../domain/json.js';
import type { KeyStatus } from '../../domain/key.js';
import type { Limit, LimitAlgorithm, LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { Propagation } from '../../domain/propagation.js';
import type { Token } from '../../domain/token.js';
import type { Verdict } from '../../domain/verdict.js';
import type { IfMatch, IssuedBy, LibraryOptions, OptionsByKind, Unrepeated } from '../call-options.js';

export interface KeyCalls<N extends Names = Names, O extends OptionsByKind = LibraryOptions> {
  /** Create a key. Returns the key and its token: the only time that the token is shown. */
  create<P extends O['issue'] = O['issue'] & Unrepeated>(input: CreateKeyInput<N>, options?: P): Promise<IssuedBy<P, CreatedKey>>;
  /** Read a key. */
  get(id: string, options?: O['read']): Promise<KeyView>;
  /** List and search keys, by default the newest first. With `expiresWithin` or `unusedFor`, the most urgent come first. */
  list(input?: ListKeysQuery<N>, options?: O['read']): Promise<KeyPage>;
  /**
   * Iterates over every item of this list, page by page, from the first page or from `cursor` on; `limit` is the size of a
   * page. The next page is asked for when the loop comes to it. An item that is there throughout and keeps its place in the
   * order comes exactly once. Rejects as `list` does; where `signal` fires, when the next page is asked for.
   */
  walk(input?: ListKeysQuery<N>, options?: O['read']): AsyncIterable<KeyView>;
  /** Change a key. */
  update(id: string, input: UpdateKeyInput<N>, options?: O['change'] & IfMatch): Promise<ChangedKey>;
  /**
   * Give a key a new token. Id, scopes, limits, credits and usage stay. The old token stays valid for the grace period asked
   * for.
   */
  rotate<P extends O['reissue'] & IfMatch = O['reissue'] & IfMatch & Unrepeated>(id: string, input?: RotateKeyInput, options?: P): Promise<IssuedBy<P, RotatedKey>>;
  /** Revoke a key permanently. */
  revoke(id: string, input?: RevokeKeyInput, options?: O['change'] & IfMatch): Promise<ChangedKey>;
  /** Disable a key until it is enabled again. */
  disable(id: string, input?: RevokeKeyInput, options?: O['change'] & IfMatch): Promise<ChangedKey>;
  /** Enable a disabled key. */
  enable(id: string, input?: RevokeKeyInput, options?: O['change'] & IfMatch): Promise<ChangedKey>;
  /** End at once a secret that a rotation left valid. Conflicts for the current secret; safe to repeat. */
  retireSecret(id: string, secretId: string, options?: O['change'] & IfMatch): Promise<ChangedKey>;
  /**
   * Revoke up to 100 keys permanently. All as one change. Keys that do not exist, or are revoked already, are named and left
   * alone.
   */
  revokeMany(input: RevokeKeysInput, options?: O['change']): Promise<RevokedKeys>;
  /**
   * Revoke all keys that a filter admits permanently. All as one change, of at most 10000 keys: every key is changed, or
   * none. A first call with `dryRun` counts them, and the second says that number as `expect`. The audit log has an entry for
   * each key. Keys that are revoked already do not count.
   */
  revokeWhere(input: ChangeWhereInput<N>, options?: O['change']): Promise<ChangedWhere>;
  /**
   * Disable all keys that a filter admits. All as one change, of at most 10000 keys: every key is changed, or none. A first
   * call with `dryRun` counts them, and the second says that number as `expect`. The audit log has an entry for each key.
   * Keys that are disabled, revoked or expired already do not count.
   */
  disableWhere(input: ChangeWhereInput<N>, options?: O['change']): Promise<ChangedWhere>;
  /**
   * Set the expiry of all keys that a filter admits. All as one change, of at most 10000 keys: every key is changed, or none.
   * A first call with `dryRun` counts them, and the second says that number as `expect`. The audit log has an entry for each
   * key. Keys that are revoked or expired already do not count.
   */
  extendWhere(input: ExtendWhereInput<N>, options?: O['change']): Promise<ChangedWhere>;
  /** Read the state of the limits and credits of a key. Charges nothing. */
  limits(id: string, options?: O['read']): Promise<KeyLimits>;
  /** Explain step by step the verdict that the current token of a key would get. Charges and records nothing. */
  explain(id: string, input?: ExplainKeyInput<N>, options?: O['read']): Promise<Verdict>;
}

/** How a budget refills. */
export interface RefillInput {
  readonly amount: number;
  /** `set` (the default): back to `amount`. `add`: so many more. */
  readonly mode?: 'set' | 'add' | undefined;
  /** A duration of at least 1 second, such as `"1d"`; or `"month"`: on `day` of each calendar month, UTC. */
  readonly every: string | number;
  /** Only with `"month"`: 1 to 31, by default 1. A month with fewer days refills on its last. */
  readonly day?: number | undefined;
}

/** A budget of credits. */
export interface CreditsInput {
  readonly remaining: number;
  /** How a budget refills. */
  readonly refill?: RefillInput | null | undefined;
}

export interface CreateKeyInput<N extends Names = Names> {
  /** The purpose of the key: 1 to 100 characters. */
  readonly name: string;
  /** The id, in your application, of the owner: 1 to 128 visible characters. */
  readonly owner: string;
  /** The environment that the key is of; by default the first one that is configured. */
  readonly environment?: N['environment'] | undefined;
  /** A budget that verifications spend; by default none. */
  readonly credits?: CreditsInput | null | undefined;
  /** More about the key, for people: 1 to 500 characters, in one line or several; null for none. Lists do not search it. */
  readonly description?: string | null | undefined;
  /** The tier, which must exist; null for none. */
  readonly tier?: N['tier'] | null | undefined;
  /** The scopes that the key holds; by default none. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Up to 20 tags, by which lists find the key; by default none. They replace the tags that the key has. */
  readonly tags?: readonly string[] | undefined;
  /** The key is valid until this instant, which lies in the future; null for no end. Not together with `expiresIn`. */
  readonly expiresAt?: string | Date | null | undefined;
  /** The key is valid for this long. Not together with `expiresAt`. */
  readonly expiresIn?: string | number | undefined;
  /** The key is valid from this instant on. */
  readonly notBefore?: string | Date | null | undefined;
  /** IP addresses and CIDR blocks that may use the key; an empty list allows all. */
  readonly ipRules?: readonly string[] | undefined;
  /** Rate limits of the key. A limit of the key replaces the limit of the tier with the same name. */
  readonly limits?: readonly LimitInput[] | undefined;
  /** A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it. */
  readonly metadata?: JsonObject | undefined;
  /** Only for the environment `operator`: the keys that the token reaches, and the scopes that it may give; null for all. */
  readonly bounds?: OperatorBounds | null | undefined;
  /**
   * The token of the key, where it exists already or comes from elsewhere: 16 to 512 visible ASCII characters without spaces,
   * of at least 100 bits by estimate, as a UUID version 4 has. It is stored as a digest alone. By default one is made.
   */
  readonly token?: string | undefined;
}

export interface CreditsView {
  readonly remaining: number;
  readonly refill: { readonly amount: number; readonly mode: 'set' | 'add'; readonly every: string; readonly day?: number; } | null;
  /** ISO 8601, UTC. */
  readonly nextRefillAt: string | null;
}

/** The visible part of one token of a key. */
export interface SecretView {
  readonly id: string;
  readonly hint: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly validUntil: string | null;
  /** ISO 8601, UTC. */
  readonly lastUsedAt: string | null;
}

export interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly owner: string;
  readonly tier: string | null;
  readonly environment: string;
  readonly scopes: readonly string[];
  /** In lower case, each once, in the order of their characters. */
  readonly tags: readonly string[];
  /** The prefix, the environment and the last 4 characters of the current token. */
  readonly hint: string;
  readonly status: KeyStatus;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly createdBy: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string | null;
  /** ISO 8601, UTC. */
  readonly expiresAt: string | null;
  /** Whole days, rounded up; 0 once the key has expired; null where it never expires. */
  readonly daysUntilExpiry: number | null;
  /** ISO 8601, UTC. */
  readonly lastUsedAt: string | null;
  readonly lastUsedFrom: { readonly address: string | null; readonly userAgent: string | null; } | null;
  /** How often it was accepted; a verification counts once its node has written its figures. */
  readonly requests: number;
  /** ISO 8601, UTC. */
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
  readonly ipRules: readonly string[];
  readonly limits: readonly Limit[];
  readonly credits: CreditsView | null;
  /** A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it. */
  readonly metadata: JsonObject;
  /**
   * Rises with each change that somebody makes to the key: of its fields, its credits, its tokens or its state. Uses, time,
   * its owner and its tier leave it. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this version.
   */
  readonly version: number;
  /** The bounds of an operator token; null for every other key. */
  readonly bounds: OperatorBounds | null;
  /** The current one first, then the newest; ten at most, among them every valid one. */
  readonly secrets: readonly SecretView[];
}

/** A key with its token: the only time that the token is shown. */
export interface CreatedKey {
  readonly key: KeyView;
  /** The token. Null only in the answer to a repeated call that can no longer show it. */
  readonly token: Token;
  /** True if this repeats the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
}

/** Which keys, and which page of them. */
export interface ListKeysQuery<N extends Names = Names> {
  /** Keys of this owner. */
  readonly owner?: string | undefined;
  /** Keys of this tier. */
  readonly tier?: N['tier'] | undefined;
  /** Keys of this environment. */
  readonly environment?: N['environment'] | undefined;
  readonly status?: KeyStatus | undefined;
  /** Keys that have all of these tags. */
  readonly tags?: readonly string[] | undefined;
  /**
   * Up to 3 fields at the top level of the metadata, each with the value that it has. A value is compared by its text: `5`
   * finds the number 5 and the string "5".
   */
  readonly metadata?: Readonly<Record<string, string | number | boolean>> | undefined;
  /**
   * A whole id, a hint or its last 4 characters, a token (nothing of it is kept; never in a URL), or a part of the name in
   * any case. One or two characters are looked for among the first 50 000 keys of the list.
   */
  readonly search?: string | undefined;
  /** Keys, neither revoked nor expired, that expire within this duration: the soonest first. */
  readonly expiresWithin?: string | number | undefined;
  /**
   * Keys, neither revoked nor expired, that are at least as old as this duration and were not used for so long: those that
   * have been idle longest first. At least a day.
   */
  readonly unusedFor?: string | number | undefined;
  /** Keys, neither revoked nor expired, that were never used. */
  readonly neverUsed?: boolean | undefined;
  /**
   * The order of the list: by creation (the default), by name whatever the case, by last use (of a key that was never used,
   * its creation), by expiry (a key that never expires counts as the latest), or by `requests`. Last uses and requests are
   * noted for sorting about once a day. Not together with `expiresWithin` and `unusedFor`, which have an order of their own;
   * only `created` together with `status` and `neverUsed`.
   */
  readonly sort?: 'created' | 'name' | 'used' | 'expires' | 'requests' | undefined;
  /** The direction; by default `asc` for `name` and `expires`, and `desc` for the others. */
  readonly order?: 'asc' | 'desc' | undefined;
  /** How many to a page: 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

export interface KeyPage {
  readonly data: readonly KeyView[];
  /** Hand it back as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
  /** How many keys the list has; only on its first page, and only where that costs little to know. */
  readonly total?: number;
}

/** `remaining` sets the budget, `add` changes it; not both. */
export interface UpdateCreditsInput {
  readonly remaining?: number | undefined;
  /** Added to what remains, which stays within its bounds: a sum that is too large is refused. */
  readonly add?: number | undefined;
  /** How a budget refills. */
  readonly refill?: RefillInput | null | undefined;
}

/** Fields that are absent stay as they are. */
export interface UpdateKeyInput<N extends Names = Names> {
  /** 1 to 100 characters in one line. */
  readonly name?: string | undefined;
  /** Null takes the budget away. */
  readonly credits?: UpdateCreditsInput | null | undefined;
  /** More about the key, for people: 1 to 500 characters, in one line or several; null for none. Lists do not search it. */
  readonly description?: string | null | undefined;
  /** The tier, which must exist; null for none. */
  readonly tier?: N['tier'] | null | undefined;
  /** The scopes that the key holds; by default none. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Up to 20 tags, by which lists find the key; by default none. They replace the tags that the key has. */
  readonly tags?: readonly string[] | undefined;
  /** The key is valid until this instant, which lies in the future; null for no end. Not together with `expiresIn`. */
  readonly expiresAt?: string | Date | null | undefined;
  /** The key is valid for this long. Not together with `expiresAt`. */
  readonly expiresIn?: string | number | undefined;
  /** The key is valid from this instant on. */
  readonly notBefore?: string | Date | null | undefined;
  /** IP addresses and CIDR blocks that may use the key; an empty list allows all. */
  readonly ipRules?: readonly string[] | undefined;
  /** Rate limits of the key. A limit of the key replaces the limit of the tier with the same name. */
  readonly limits?: readonly LimitInput[] | undefined;
  /** A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it. */
  readonly metadata?: JsonObject | undefined;
  /** Only for the environment `operator`: the keys that the token reaches, and the scopes that it may give; null for all. */
  readonly bounds?: OperatorBounds | null | undefined;
}

/** The key as it is now, and how far the change has reached. */
export interface ChangedKey {
  readonly key: KeyView;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface RotateKeyInput {
  /** How long the old secret stays valid, never beyond the expiry of the key; by default it ends at once. */
  readonly grace?: string | number | undefined;
  /** Rotates only if this is still the current secret; otherwise the call conflicts. */
  readonly currentSecretId?: string | undefined;
}

/** A key with its new token, and how far the end of the old one has reached. */
export interface RotatedKey {
  readonly key: KeyView;
  /** The token. Null only in the answer to a repeated call that can no longer show it. */
  readonly token: Token;
  /** True if this repeats the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface RevokeKeyInput {
  /** Up to 500 characters, kept in the audit log. */
  readonly reason?: string | null | undefined;
}

export interface RevokeKeysInput {
  /** 1 to 100 ids of keys. */
  readonly ids: readonly string[];
  /** Up to 500 characters, kept in the audit log. */
  readonly reason?: string | null | undefined;
}

/** The outcome for each key, in the order asked. All of it is one change. */
export interface RevokedKeys {
  readonly results: readonly { readonly id: string; readonly revoked: boolean; readonly code?: 'not_found' | 'already_revoked' | 'forbidden'; }[];
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

/** Filters, at least one: the keys that all of them admit. */
export interface KeyFilter<N extends Names = Names> {
  /** Keys of this owner. */
  readonly owner?: string | undefined;
  /** Keys of this tier. */
  readonly tier?: N['tier'] | undefined;
  /** Keys of this environment. */
  readonly environment?: N['environment'] | undefined;
  readonly status?: KeyStatus | undefined;
  /** Keys that have all of these tags. */
  readonly tags?: readonly string[] | undefined;
  /**
   * Up to 3 fields at the top level of the metadata, each with the value that it has. A value is compared by its text: `5`
   * finds the number 5 and the string "5".
   */
  readonly metadata?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface ChangeWhereInput<N extends Names = Names> {
  /** Filters, at least one: the keys that all of them admit. */
  readonly where: KeyFilter<N>;
  /**
   * The number of keys that the call changes, as `matched` of a call with `dryRun` told it. The call conflicts, and changes
   * nothing, if it is another one by now.
   */
  readonly expect?: number | undefined;
  /**
   * Changes nothing, and returns how many keys the filters admit; only the change itself checks whether each of them may be
   * changed. Give either this or `expect`.
   */
  readonly dryRun?: boolean | undefined;
  /** Up to 500 characters, kept in the audit log. */
  readonly reason?: string | null | undefined;
}

export interface ChangedWhere {
  /** How many keys the filters admit: the number to `expect`. */
  readonly matched: number;
  /** The keys that this call changed; 0 for a dry run. */
  readonly changed: number;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface ExtendWhereInput<N extends Names = Names> {
  /** Filters, at least one: the keys that all of them admit. */
  readonly where: KeyFilter<N>;
  /** The key is valid until this instant, which lies in the future; null for no end. Not together with `expiresIn`. */
  readonly expiresAt?: string | Date | null | undefined;
  /** The key is valid for this long. Not together with `expiresAt`. */
  readonly expiresIn?: string | number | undefined;
  /**
   * The number of keys that the call changes, as `matched` of a call with `dryRun` told it. The call conflicts, and changes
   * nothing, if it is another one by now.
   */
  readonly expect?: number | undefined;
  /**
   * Changes nothing, and returns how many keys the filters admit; only the change itself checks whether each of them may be
   * changed. Give either this or `expect`.
   */
  readonly dryRun?: boolean | undefined;
  /** Up to 500 characters, kept in the audit log. */
  readonly reason?: string | null | undefined;
}

export interface LimitStanding {
  readonly name: string;
  readonly limit: number;
  /** Whole units that could be taken at once, right now. */
  readonly remaining: number;
  /** When the limit is entirely free again. */
  readonly resetAt: string;
  readonly algorithm: LimitAlgorithm;
  readonly windowMs: number;
  readonly burst?: number;
  /**
   * The source of the limit. A limit of the key replaces the limit of the tier with the same name; all keys of an owner share
   * its limits.
   */
  readonly of: 'key' | 'tier' | 'owner';
}

/** The state of the limits and credits of a key. Reading it charges nothing. */
export interface KeyLimits {
  readonly limits: readonly LimitStanding[];
  /** Null for a key without a budget. */
  readonly credits: { readonly remaining: number; readonly nextRefillAt: string | null; } | null;
  readonly degraded: boolean;
}

export interface ExplainKeyInput<N extends Names = Names> {
  /** The name of an environment. */
  readonly environment?: N['environment'] | undefined;
  /** Scopes that the key must hold, all of them. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Scopes of which the key must hold at least one. */
  readonly anyScope?: readonly N['scope'][] | undefined;
  /** The caller's IP address; null where it cannot be read. */
  readonly ip?: string | null | undefined;
  /** Units and credits that the call costs; by default 1. */
  readonly cost?: number | undefined;
  /** The resource that the call is for: limits of this call count separately for each resource. */
  readonly resource?: string | undefined;
}
