/**
 * The tables, as the queries of this folder see them: the same for every SQL database.
 *
 * stores/sql/ owns the schema, its migrations, the queries, and how rows become records. It opens no
 * database, begins no transaction and knows no driver: the folders beside it do.
 *
 * Times are integers, epoch milliseconds. JSON is text. `*_folded` is the text in lower case, since
 * databases differ in which letters their own `lower` knows.
 */
export interface Schema {
  readonly keys: KeyRow;
  readonly key_tags: KeyTagRow;
  readonly secrets: SecretRow;
  readonly owners: OwnerRow;
  readonly tiers: TierRow;
  readonly tier_counts: TierCountRow;
  readonly kept_counts: KeptCountRow;
  readonly credits: CreditRow;
  readonly events: EventRow;
  readonly event_keys: EventKeyRow;
  readonly log_checkpoints: LogCheckpointRow;
  readonly idempotency: IdempotencyRow;
  readonly peppers: PepperRow;
  readonly counters: CounterTableRow;
  readonly usage_by_hour: HourRow;
  readonly usage_by_day: DayRow;
  readonly usage_progress: UsageProgressRow;
  readonly usage_hours: EarlierHourRow;
  readonly usage_totals: EarlierTotalRow;
  readonly last_uses: LastUseRow;
  readonly nodes: NodeRow;
  readonly sessions: SessionRow;
  readonly latchkey_migrations: MigrationRow;
}

export interface KeyRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly name_folded: string;
  readonly owner: string;
  readonly tier: string | null;
  readonly environment: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly not_before: number | null;
  readonly expires_at: number | null;
  readonly disabled_at: number | null;
  readonly revoked_at: number | null;
  readonly revoked_by: string | null;
  readonly revoked_reason: string | null;
  readonly ip_rules: string;
  readonly limits: string;
  readonly metadata: string;
  readonly bounds: string | null;
  readonly description: string | null;
  readonly tags: string;
  readonly first_used_at: number | null;
  /** When it was last used or, never used, made; up to a day behind, so that its indexes are not written at each use. */
  readonly idle_since: number;
  /** How often it was accepted, as it was noted last. */
  readonly uses: number;
}

/** A tag of a key, with the place of the key in a list: the keys of a tag lie together, in their order. Made from `keys.tags`. */
export interface KeyTagRow {
  readonly tag: string;
  readonly created_at: number;
  readonly key_id: string;
}

export interface SecretRow {
  readonly id: string;
  readonly key_id: string;
  readonly scheme: string;
  readonly pepper_id: string | null;
  /** 32 bytes. */
  readonly digest: Uint8Array | null;
  /** The digest that it was imported with: kept when it is rewritten, to refuse a second import. Never looked up by. */
  readonly imported_digest: Uint8Array | null;
  readonly encoded: string | null;
  readonly locator: string | null;
  /** The locator without the part of the token: `start:8`. */
  readonly locator_shape: string | null;
  /** 0 or 1. */
  readonly foreign_format: number;
  readonly hint: string;
  /** The last 4 characters of the hint, by which operators search. */
  readonly hint_end: string;
  readonly created_at: number;
  readonly valid_until: number | null;
  /** 0 or 1. */
  readonly retired: number;
  /** When it was last used before another one of its key was; of the one that was used last, see `last_uses`. */
  readonly last_used_at: number | null;
}

export interface OwnerRow {
  readonly id: string;
  readonly name: string | null;
  /** Id and name, on two lines. */
  readonly search_folded: string;
  readonly limits: string;
  readonly max_keys: number | null;
  readonly metadata: string;
  readonly created_at: number;
  readonly suspended_at: number | null;
  readonly suspended_reason: string | null;
  /** `OwnerRevocation.until`: keys that were created at or before it are revoked, whatever their rows say. */
  readonly revoking_until: number | null;
  /** The whole `OwnerRevocation`. */
  readonly revocation: string | null;
  readonly description: string | null;
  readonly version: number;
}

export interface TierRow {
  readonly name: string;
  readonly limits: string;
  /** 0 or 1. */
  readonly configured: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface CreditRow {
  readonly key_id: string;
  readonly remaining: number;
  readonly refill: string | null;
  readonly next_refill_at: number | null;
}

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly action: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly owner: string | null;
  readonly reason: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly session_id: string | null;
  readonly session_link: string | null;
  readonly before_json: string | null;
  readonly after_json: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

/** A key that an entry names beside its target. Made from the entry, so that the entries about a key are found by an index. */
export interface EventKeyRow {
  readonly key_id: string;
  readonly seq: number;
}

/** The last entry of a part of the log that was archived. */
export interface LogCheckpointRow {
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly pepper_id: string | null;
  readonly signature: string | null;
}

export interface IdempotencyRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly key_id: string;
  readonly sealed_token: Uint8Array | null;
  readonly sealed_until: number;
  readonly expires_at: number;
}

export interface PepperRow {
  readonly id: string;
  readonly check_value: string;
}

export interface CounterTableRow {
  readonly subject: string;
  readonly name: string;
  readonly state: string;
  readonly expires_at: number;
}

/**
 * So many verifications with one outcome: of a key, of all keys of an owner or in a tier, or of all, also those whose token names
 * no key.
 */
interface UsageRow {
  readonly kind: UsageKind;
  /** The id of the key or the owner, the name of the tier; `*` for all. Never empty. */
  readonly subject: string;
  readonly code: string;
  readonly count: number;
}

export type UsageKind = 'all' | 'key' | 'owner' | 'tier';

/** Clustered by the hour: what is being counted lies together. */
export interface HourRow extends UsageRow {
  readonly hour: number;
}

/** Clustered by the subject: the days of one lie together. Each is written once, when the day is over. */
export interface DayRow extends UsageRow {
  readonly day: number;
}

/** The one row that says which hours are in the days already, and what is no longer kept. */
export interface UsageProgressRow {
  /** 1. */
  readonly id: number;
  /** Every hour of an earlier day is in the days; of this day, all up to `rolled_kind` and `rolled_subject`, in their order. */
  readonly rolled_day: number;
  readonly rolled_kind: string;
  readonly rolled_subject: string;
  /** Earlier hours and days were dropped; 0 while none were. Hours are never dropped before they are in the days. */
  readonly hours_from: number;
  readonly days_from: number;
}

/** Where earlier versions count; emptied into the tables above. The key is empty for tokens that name none. */
export interface EarlierHourRow {
  readonly key_id: string;
  readonly hour: number;
  readonly code: string;
  readonly count: number;
}

export interface EarlierTotalRow {
  readonly hour: number;
  readonly code: string;
  readonly count: number;
}

/** Clustered by the day of the use: the rows that are written over and over lie together. */
export interface LastUseRow {
  readonly day: number;
  readonly key_id: string;
  readonly at: number;
  /** Null for a use that an earlier version wrote, which kept it with the secret. */
  readonly secret_id: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  /** How often the key was accepted, with whichever secret. */
  readonly uses: number;
}

/** Kept by triggers on the keys. */
export interface TierCountRow {
  readonly tier: string;
  /** The number of those that are not revoked. */
  readonly keys: number;
}

/** Kept by triggers on the keys and the owners. */
export interface KeptCountRow {
  readonly name: 'keys' | 'revoked_keys' | 'owners';
  readonly count: number;
}

export interface NodeRow {
  readonly id: string;
  readonly label: string;
  readonly version: string;
  readonly started_at: number;
  readonly renewed_at: number;
  readonly lease_ms: number;
  readonly renewal: number;
  readonly applied: number;
}

export interface SessionRow {
  readonly id: string;
  /** 32 bytes: SHA-256 of the token. */
  readonly digest: Uint8Array;
  readonly kind: string;
  readonly subject: string;
  readonly details: string;
  readonly created_at: number;
  readonly last_seen_at: number;
  readonly idle_ms: number | null;
  readonly expires_at: number;
  readonly used_at: number | null;
  readonly opened_by: string | null;
  readonly made_by: string | null;
}

export interface MigrationRow {
  readonly id: string;
  /** The first version of Latchkey that knows this migration. */
  readonly since: string;
}
