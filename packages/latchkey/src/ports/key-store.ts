/** Keys and their secrets: the reads of a verification, the reads of an operator, and the one way to change anything. */
import type { BOUND_LISTS, OperatorBounds } from '../domain/operator-bounds.js';
import type { CreditState } from '../domain/credits.js';
import type { Digest } from '../domain/digest.js';
import type { EventDraft, LogEvent, LogHead } from '../domain/event.js';
import type { LogCheckpoint } from '../domain/log-checkpoint.js';
import type { SessionRecord } from '../domain/session.js';
import type { Credential, KeyDetail, KeyRecord, KeyStatus, OwnerRecord, OwnerRevocation, SecretRecord, TierRecord } from '../domain/key.js';

export interface KeyQuery {
  readonly owner?: string | undefined;
  readonly tier?: string | undefined;
  readonly environment?: string | undefined;
  /** Keys outside these bounds are left out. */
  readonly within?: Pick<OperatorBounds, (typeof BOUND_LISTS)[number]> | undefined;
  /** Keys of this environment are left out. */
  readonly exceptEnvironment?: string | undefined;
  readonly status?: KeyStatus | undefined;
  /** Keys that have all of these tags; never empty. */
  readonly tags?: readonly string[] | undefined;
  /**
   * Keys whose metadata has each of these fields at its top level, with a string, a number or a boolean that reads so; never empty. No
   * index serves it: of the keys that the other filters admit, each is looked at until the page is full.
   */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly search?: KeySearch | undefined;
  /** Keys, neither revoked nor expired, that expire at this instant or before it. */
  readonly expiresBy?: number | undefined;
  /** Keys, neither revoked nor expired, that were neither used nor made after this instant. */
  readonly unusedSince?: number | undefined;
  /** Keys, neither revoked nor expired, that were never used. */
  readonly neverUsed?: true | undefined;
  /** Keys that can still become so: not yet revoked; for the others also neither expired nor, to be disabled, disabled. */
  readonly mayBecome?: 'revoked' | 'disabled' | 'extended' | undefined;
  /** By default `newest`. `expiry`: the soonest first, with `expiresBy` alone. */
  readonly order?: KeyOrder | undefined;
  /** Where the page before ended. */
  readonly after?: KeyPosition | undefined;
  readonly limit: number;
  /** Epoch milliseconds: what `status`, and expiry, are judged by. */
  readonly now: number;
  /** Ends the read when nobody waits for it any more; it then rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A search within a list. All but a part of a name are exact: each is found by an index of its own.
 *
 * `hint`: a hint as it is shown (`acme_live_…abcd`), or its end (`…abcd`). `digests`: those that the secret of a token may have.
 * `text`: a part of the name, whatever the case; a text of 4 characters also finds the keys whose hint ends with it. A text of 1 or 2
 * characters is looked for among the first `SHORT_TEXT_KEYS` keys of the list alone: no index serves so short a text.
 */
export type KeySearch =
  | { readonly id: string }
  | { readonly hint: string }
  | { readonly digests: readonly Digest[] }
  | { readonly text: string };

export const SHORT_TEXT_KEYS = 50_000;

/**
 * By creation, by name (whatever the case, by code points), by expiry, by idleness (`KeyDetail.idleSince`, the longest or the
 * shortest first), or by uses (`KeyDetail.usesNoted`). `expiry` is for keys that expire; of `soonest_expiry` and `latest_expiry`, a key
 * that never expires comes after all others, and before them. Ties by id, in the same direction.
 */
export type KeyOrder =
  | 'newest'
  | 'oldest'
  | 'first_name'
  | 'last_name'
  | 'expiry'
  | 'soonest_expiry'
  | 'latest_expiry'
  | 'longest_idle'
  | 'least_idle'
  | 'most_used'
  | 'least_used';

/** The place of a key that never expires, in an order by expiry. */
export const NEVER_EXPIRES = Number.MAX_SAFE_INTEGER;

/** What the order goes by, of the last key of a page, and its id. */
export interface KeyPosition {
  /** The name, for an order by name. */
  readonly at: number | string;
  readonly id: string;
}

export interface KeyCountQuery extends Omit<KeyQuery, 'after' | 'limit'> {
  /** So many of them, in their order, are counted and no more. */
  readonly atMost?: number | undefined;
}

/** What narrows a list, other than a search and the place of a page. */
export type KeyFilters = Omit<KeyQuery, 'search' | 'order' | 'after' | 'limit' | 'signal'>;

export interface KeyStore {
  /** The credential whose secret has one of the digests: one read of a unique index, whatever the number of keys. */
  findByDigests(digests: readonly Digest[]): Promise<Credential | null>;
  /** The credentials whose secret is found by one of the locators; at most `limit` of them. Indexed. */
  findByLocators(locators: readonly string[], limit: number): Promise<readonly Credential[]>;
  /** Whether tokens of foreign format exist, and the distinct shapes of locators in use (`start:8`, `end:4`). */
  readForeign(): Promise<ForeignTokens>;
  /** The credential of a secret by its id. */
  findBySecret(secretId: string): Promise<Credential | null>;
  /** `aside`: for somebody who looks at it. The read may wait behind lists, and verifications never wait for it. */
  readKey(id: string, aside?: 'aside'): Promise<KeyDetail | null>;
  listKeys(query: KeyQuery): Promise<readonly KeyDetail[]>;
  /** The ids of the keys of a page, and nothing else: for thousands of them. */
  listIds(query: KeyQuery): Promise<readonly string[]>;
  /** How many keys the whole list has; not counted further than `atMost`. */
  countKeys(query: KeyCountQuery): Promise<number>;
  /**
   * Runs `work` as one serialisable transaction: nothing else changes between its first read and its
   * commit, and all of its writes and log entries become durable, or none. When the promise is rejected
   * by `work`'s own error, nothing was changed; when by an UnavailableError, the outcome is unknown.
   * `work` may run more than once; it must have no effect but through its argument.
   */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>;
}

export interface ForeignTokens {
  readonly any: boolean;
  readonly locatorShapes: readonly string[];
}

/** Which keys are revoked, and what their rows say of it. */
export interface RevocationOfSome extends Pick<OwnerRevocation, 'until' | 'at' | 'by' | 'reason'> {
  readonly after?: number | undefined;
}

/** What a change may read and write. Updates write the named fields and no other. */
export interface Change {
  readonly keys: {
    find(id: string): Promise<KeyRecord | null>;
    insert(key: KeyRecord): Promise<void>;
    /** Raises the version of the key by 1, also where no field is given: its secrets or its credits changed. */
    update(id: string, fields: Partial<Omit<KeyRecord, 'id' | 'version' | 'createdAt' | 'createdBy'>>): Promise<void>;
    /** Those of the keys that the filters admit, in no particular order; at most some hundred ids. */
    findMatching(ids: readonly string[], filters: KeyFilters): Promise<readonly KeyRecord[]>;
    /** Writes the same fields to each of the keys, and raises its version by 1; at most some hundred ids, and never tags. */
    updateAll(
      ids: readonly string[],
      fields: Partial<Pick<KeyRecord, 'expiresAt' | 'disabledAt' | 'revokedAt' | 'revokedBy' | 'revokedReason'>>,
    ): Promise<void>;
    /** The owner's keys that are neither revoked nor, at `now`, expired. */
    countLive(owner: string, now: number): Promise<number>;
    /** Keys that are neither revoked nor, at `now`, expired, such that every other one that `of` describes is like one of these. */
    listKinds(of: KeysOf, now: number): Promise<readonly KeyRecord[]>;
    /** What a revocation of all keys of the owner would revoke. */
    countUnrevoked(owner: string): Promise<UnrevokedKeys>;
    /**
     * Revokes the oldest of the owner's keys that are not revoked and were created at `until` or before it, and after `after`
     * where it is given; at most `limit` of them. Returns their ids.
     */
    revokeOldest(owner: string, by: RevocationOfSome, limit: number): Promise<readonly string[]>;
  };
  readonly secrets: {
    /** Those of the key that are not retired at `now`, the current one first. */
    inUse(keyId: string, now: number): Promise<readonly SecretRecord[]>;
    insert(secret: SecretRecord): Promise<void>;
    /** Sets the instant from which a secret is retired; `atOnce` retires it whatever the clock will say. */
    retire(id: string, validUntil: number, atOnce: boolean): Promise<void>;
    /** Rewrites how a secret is stored, if it is still stored as `from`; whether it was. */
    rewrite(id: string, from: SecretForm, to: SecretForm): Promise<boolean>;
    /** Whether a secret has this digest, or had it when it was imported. */
    exists(digest: Digest): Promise<boolean>;
    countByLocator(locator: string): Promise<number>;
  };
  readonly owners: {
    find(id: string): Promise<OwnerRecord | null>;
    /** The record, made if there was none. */
    ensure(id: string, now: number): Promise<OwnerRecord>;
    update(id: string, fields: Partial<Omit<OwnerRecord, 'id' | 'createdAt'>>): Promise<void>;
  };
  readonly tiers: {
    find(name: string): Promise<TierRecord | null>;
    put(tier: TierRecord): Promise<void>;
    remove(name: string): Promise<void>;
    /** Keys of the tier that are not revoked. */
    countKeys(name: string): Promise<number>;
  };
  readonly credits: {
    find(keyId: string): Promise<CreditState | null>;
    /** Returns whether the key has a budget, without waiting for a call that spends it. */
    has(keyId: string): Promise<boolean>;
    /** Null takes the budget away. */
    put(keyId: string, state: CreditState | null): Promise<void>;
  };
  readonly idempotency: {
    /** As it stands at `now`: null once it expired, without its token once that did. */
    find(id: string, now: number): Promise<IdempotencyRecord | null>;
    insert(record: IdempotencyRecord): Promise<void>;
    /** Drops records that expired, and wipes sealed tokens that did: so many at a time. Whether there may be more. */
    prune(now: number): Promise<boolean>;
  };
  readonly sessions: {
    insert(session: SessionRecord): Promise<void>;
    /** Marks a link as used at `at`, unless it was before: whether this call was the one. */
    use(id: string, at: number): Promise<boolean>;
    /** Ends a link, and the sessions that were opened with it; whose it was, or null where there is none. */
    withdraw(id: string): Promise<string | null>;
  };
  readonly peppers: {
    /** With how many secrets under each could still open something at `now`. */
    list(now: number): Promise<readonly PepperRecord[]>;
    insert(pepper: Omit<PepperRecord, 'secrets'>): Promise<void>;
  };
  readonly log: {
    find(seq: number): Promise<(LogHead & { readonly at: number }) | null>;
    /** Returns the last entry that was archived; null where none was. */
    checkpoint(): Promise<LogCheckpoint | null>;
    /**
     * Archives the log up to an entry: from the commit on, the entries up to there may leave. Rejects where it is no entry of the log, is
     * its last one, or is not after the last checkpoint.
     */
    archive(checkpoint: LogCheckpoint, at: number): Promise<void>;
    /** Drops entries that were archived, the oldest first: so many at a time. Whether there may be more. */
    drop(): Promise<boolean>;
  };
  /** Appends one entry to the log, after the one before it in commit order. */
  append(draft: EventDraft): Promise<LogEvent>;
  /** Appends entries in this order, as `append` would one after another, in fewer statements. */
  appendAll(drafts: readonly EventDraft[]): Promise<readonly LogEvent[]>;
}

/**
 * The keys of an owner or of a tier; with `operators`, only operator tokens. Two keys are alike where environment, tier,
 * scopes and limits are the same. No operator token is like another.
 */
export interface KeysOf {
  readonly owner?: string;
  readonly tier?: string;
  readonly operators: boolean;
}

export interface UnrevokedKeys {
  readonly count: number;
  /** When the youngest was created; 0 where there is none. */
  readonly newestAt: number;
}

/** How a secret is stored: the fields that an upgrade rewrites together. */
export type SecretForm = Pick<SecretRecord, 'scheme' | 'pepperId' | 'digest' | 'encoded' | 'locator'>;

/** What a repeated request is answered from. */
export interface IdempotencyRecord {
  /** Digest (hex) of who asks and their idempotency key. */
  readonly id: string;
  /** Digest (hex) of what was asked for. */
  readonly fingerprint: string;
  readonly keyId: string;
  /** The token, encrypted under the idempotency key itself; null where it cannot be, or no longer is, kept. */
  readonly sealedToken: Uint8Array | null;
  readonly sealedUntil: number;
  readonly expiresAt: number;
}

/** A pepper that was used, and a value by which a wrong one is known at start. */
export interface PepperRecord {
  readonly id: string;
  readonly check: string;
  /** How many secrets that are not retired, of keys neither revoked nor expired, are stored under it; counted no further than 1 000. */
  readonly secrets: number;
}
