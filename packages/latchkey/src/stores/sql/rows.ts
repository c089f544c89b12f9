/**
 * How rows become records and records rows. Fields and columns are matched in closed lists, so that no
 * name from outside ever becomes a part of a statement. The casts here are the boundary at which text and
 * bytes that this library wrote are taken to be of the types that it wrote.
 */
import { sql } from 'kysely';
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { CreditRefill, CreditState } from '../../domain/credits.js';
import { importedDigest } from '../../domain/credential-digest.js';
import { Digest } from '../../domain/digest.js';
import type { LogEvent } from '../../domain/event.js';
import { canonicalJson } from '../../domain/event-chain.js';
import type { JsonObject } from '../../domain/json.js';
import type { KeyRecord, OwnerRecord, OwnerRevocation, SecretRecord, SecretScheme, TierRecord } from '../../domain/key.js';
import type { Limit } from '../../domain/limit.js';
import type { SecretForm } from '../../ports/key-store.js';
import type { JsonMemo } from './json-memo.js';
import type { CreditRow, EventRow, KeyRow, OwnerRow, SecretRow, TierRow } from './schema.js';

/** The columns of a key, joined with its owner, that make its record. */
export const KEY_COLUMNS = [
  'keys.id',
  'keys.version',
  'keys.name',
  'keys.description',
  'keys.owner',
  'keys.tier',
  'keys.environment',
  'keys.scopes',
  'keys.tags',
  'keys.created_at',
  'keys.created_by',
  'keys.not_before',
  'keys.expires_at',
  'keys.disabled_at',
  'keys.revoked_at',
  'keys.revoked_by',
  'keys.revoked_reason',
  'keys.ip_rules',
  'keys.limits',
  'keys.metadata',
  'keys.bounds',
  'owners.revocation as owner_revocation',
] as const;

/** The columns of a secret that make its record but for its last use, under names that do not meet those of its key. */
export const STORED_SECRET_COLUMNS = [
  'secrets.id as secret_id',
  'secrets.key_id',
  'secrets.scheme',
  'secrets.pepper_id',
  'secrets.digest',
  'secrets.encoded',
  'secrets.locator',
  'secrets.foreign_format',
  'secrets.hint',
  'secrets.created_at as secret_created_at',
  'secrets.valid_until',
  'secrets.retired',
] as const;

/** With the last use that is kept with the secret: for those who do not show it. */
export const SECRET_COLUMNS = [...STORED_SECRET_COLUMNS, 'secrets.last_used_at'] as const;

/**
 * The order of a key's secrets: the current one, then from the newest to the oldest. The first term is needed because two
 * instants within a millisecond tell no order.
 */
export const SECRET_ORDER = sql`secrets.valid_until is null desc, secrets.created_at desc, secrets.valid_until desc, secrets.id desc`;

export type SelectedKey = Omit<KeyRow, 'name_folded' | 'first_used_at' | 'idle_since' | 'uses'> & {
  /** Null also where the owner has no record. */
  readonly owner_revocation: string | null;
};

export type SelectedSecret = Omit<SecretRow, 'id' | 'created_at' | 'imported_digest' | 'locator_shape' | 'hint_end'> & {
  readonly secret_id: string;
  readonly secret_created_at: number;
};

export function keyFromRow(row: SelectedKey, memo: JsonMemo): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    owner: row.owner,
    tier: row.tier === null ? null : memo.intern(row.tier),
    environment: memo.intern(row.environment),
    scopes: memo.parse(row.scopes) as readonly string[],
    tags: memo.parse(row.tags) as readonly string[],
    createdAt: row.created_at,
    createdBy: memo.intern(row.created_by),
    notBefore: row.not_before,
    expiresAt: row.expires_at,
    disabledAt: row.disabled_at,
    ...revocationFromRow(row, memo),
    ipRules: memo.parse(row.ip_rules) as readonly string[],
    limits: limitsFrom(row.limits, memo),
    metadata: memo.parse(row.metadata) as JsonObject,
    bounds: row.bounds === null ? null : (memo.parse(row.bounds) as unknown as OperatorBounds),
  };
}

/** A revocation of all keys of the owner says it for each, until the row of the key does. */
function revocationFromRow(row: SelectedKey, memo: JsonMemo): Pick<KeyRecord, 'revokedAt' | 'revokedBy' | 'revokedReason' | 'version'> {
  if (row.revoked_at === null && row.owner_revocation !== null) {
    const { until, at, by, reason } = memo.parse(row.owner_revocation) as unknown as OwnerRevocation;
    if (row.created_at <= until) return { revokedAt: at, revokedBy: by, revokedReason: reason, version: row.version + 1 };
  }
  return { revokedAt: row.revoked_at, revokedBy: row.revoked_by, revokedReason: row.revoked_reason, version: row.version };
}

export function secretFromRow(row: SelectedSecret, memo: JsonMemo): SecretRecord {
  return {
    id: row.secret_id,
    keyId: row.key_id,
    scheme: memo.intern(row.scheme) as SecretScheme,
    pepperId: row.pepper_id === null ? null : memo.intern(row.pepper_id),
    digest: row.digest === null ? null : Digest.of(asBuffer(row.digest)),
    encoded: row.encoded,
    locator: row.locator,
    foreign: row.foreign_format === 1,
    hint: row.hint,
    createdAt: row.secret_created_at,
    validUntil: row.valid_until,
    retired: row.retired === 1,
    lastUsedAt: row.last_used_at,
  };
}

export function ownerFromRow(row: OwnerRow, memo: JsonMemo): OwnerRecord {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    description: row.description,
    limits: limitsFrom(row.limits, memo),
    maxKeys: row.max_keys,
    metadata: memo.parse(row.metadata) as JsonObject,
    createdAt: row.created_at,
    suspendedAt: row.suspended_at,
    suspendedReason: row.suspended_reason,
    revocation: row.revocation === null ? null : (memo.parse(row.revocation) as unknown as OwnerRevocation),
  };
}

export function tierFromRow(row: TierRow, memo: JsonMemo): TierRecord {
  return {
    name: row.name,
    limits: limitsFrom(row.limits, memo),
    configured: row.configured === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function creditsFromRow(row: Omit<CreditRow, 'key_id'>, memo: JsonMemo): CreditState {
  return {
    remaining: row.remaining,
    refill: row.refill === null ? null : (memo.parse(row.refill) as unknown as CreditRefill),
    nextRefillAt: row.next_refill_at,
  };
}

export function eventFromRow(row: EventRow): LogEvent {
  return {
    seq: row.seq,
    at: row.at,
    action: row.action as LogEvent['action'],
    actor: { type: row.actor_type as LogEvent['actor']['type'], id: row.actor_id },
    target: { type: row.target_type as LogEvent['target']['type'], id: row.target_id },
    owner: row.owner,
    reason: row.reason,
    address: row.address,
    requestId: row.request_id,
    session: row.session_id === null ? null : { id: row.session_id, link: row.session_link },
    before: loggedJson(row.before_json),
    after: loggedJson(row.after_json),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** What was tampered with until it is no JSON is still an entry: one whose content does not match its hash. */
function loggedJson(text: string | null): JsonObject | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return { unreadable: true };
  }
}

/** A column that holds a list of limits; absent rows (of a left join) have none. */
export function limitsFrom(text: string | null, memo: JsonMemo): readonly Limit[] {
  return memo.parse(text ?? '[]') as unknown as readonly Limit[];
}

/** The columns for the fields that are given, and no other. */
export function keyToRow(fields: Partial<KeyRecord>): Partial<KeyRow> {
  return columnsOf(fields, KEY_ENCODERS);
}

export function keyInsert(key: KeyRecord): KeyRow {
  return keyToRow(key) as KeyRow;
}

/** The columns for the fields that are given; `id` comes along, for the text that is searched holds it. */
export function ownerToRow(id: string, fields: Partial<Omit<OwnerRecord, 'id'>>): Partial<OwnerRow> {
  const row: Partial<OwnerRow> = columnsOf(fields, OWNER_ENCODERS);
  return fields.name === undefined ? row : { ...row, search_folded: foldText(`${id}\n${fields.name ?? ''}`) };
}

export function ownerInsert(owner: OwnerRecord): OwnerRow {
  return { id: owner.id, ...ownerToRow(owner.id, owner) } as OwnerRow;
}

export function secretInsert(secret: SecretRecord): SecretRow {
  return {
    id: secret.id,
    key_id: secret.keyId,
    ...secretFormToRow(secret),
    imported_digest: secret.foreign ? (importedDigest(secret)?.bytes() ?? null) : null,
    foreign_format: secret.foreign ? 1 : 0,
    hint: secret.hint,
    hint_end: secret.hint.slice(-4),
    created_at: secret.createdAt,
    valid_until: secret.validUntil,
    retired: secret.retired ? 1 : 0,
    last_used_at: secret.lastUsedAt,
  };
}

export function secretFormToRow(
  form: SecretForm,
): Pick<SecretRow, 'scheme' | 'pepper_id' | 'digest' | 'encoded' | 'locator' | 'locator_shape'> {
  return {
    scheme: form.scheme,
    pepper_id: form.pepperId,
    digest: form.digest?.bytes() ?? null,
    encoded: form.encoded,
    locator: form.locator,
    locator_shape: form.locator === null ? null : form.locator.split(':', 2).join(':'),
  };
}

export function tierInsert(tier: TierRecord): TierRow {
  return {
    name: tier.name,
    limits: JSON.stringify(tier.limits),
    configured: tier.configured ? 1 : 0,
    created_at: tier.createdAt,
    updated_at: tier.updatedAt,
  };
}

export function creditsToRow(state: CreditState): Omit<CreditRow, 'key_id'> {
  return {
    remaining: state.remaining,
    refill: state.refill === null ? null : JSON.stringify(state.refill),
    next_refill_at: state.nextRefillAt,
  };
}

/** JSON in its canonical form, over which the hash is: see stores/sql/log/confirm.ts. */
export function eventInsert(event: LogEvent): EventRow {
  return {
    seq: event.seq,
    at: event.at,
    action: event.action,
    actor_type: event.actor.type,
    actor_id: event.actor.id,
    target_type: event.target.type,
    target_id: event.target.id,
    owner: event.owner,
    reason: event.reason,
    address: event.address,
    request_id: event.requestId,
    session_id: event.session?.id ?? null,
    session_link: event.session?.link ?? null,
    before_json: event.before === null ? null : canonicalJson(event.before),
    after_json: event.after === null ? null : canonicalJson(event.after),
    previous_hash: event.previousHash,
    hash: event.hash,
  };
}

/** Text in the one form in which searches compare it, whatever the case. */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Encoders<Rec, Row> = { readonly [Field in keyof Rec]: (value: Rec[Field]) => Partial<Row> };

const KEY_ENCODERS: Encoders<KeyRecord, KeyRow> = {
  id: (id) => ({ id }),
  version: (version) => ({ version }),
  name: (name) => ({ name, name_folded: foldText(name) }),
  description: (description) => ({ description }),
  owner: (owner) => ({ owner }),
  tier: (tier) => ({ tier }),
  environment: (environment) => ({ environment }),
  scopes: (scopes) => ({ scopes: JSON.stringify(scopes) }),
  tags: (tags) => ({ tags: JSON.stringify(tags) }),
  createdAt: (createdAt) => ({ created_at: createdAt, idle_since: createdAt, uses: 0 }),
  createdBy: (createdBy) => ({ created_by: createdBy }),
  notBefore: (notBefore) => ({ not_before: notBefore }),
  expiresAt: (expiresAt) => ({ expires_at: expiresAt }),
  disabledAt: (disabledAt) => ({ disabled_at: disabledAt }),
  revokedAt: (revokedAt) => ({ revoked_at: revokedAt }),
  revokedBy: (revokedBy) => ({ revoked_by: revokedBy }),
  revokedReason: (revokedReason) => ({ revoked_reason: revokedReason }),
  ipRules: (ipRules) => ({ ip_rules: JSON.stringify(ipRules) }),
  limits: (limits) => ({ limits: JSON.stringify(limits) }),
  metadata: (metadata) => ({ metadata: JSON.stringify(metadata) }),
  bounds: (bounds) => ({ bounds: bounds === null ? null : JSON.stringify(bounds) }),
};

const OWNER_ENCODERS: Encoders<Omit<OwnerRecord, 'id'>, OwnerRow> = {
  version: (version) => ({ version }),
  name: (name) => ({ name }),
  description: (description) => ({ description }),
  limits: (limits) => ({ limits: JSON.stringify(limits) }),
  maxKeys: (maxKeys) => ({ max_keys: maxKeys }),
  metadata: (metadata) => ({ metadata: JSON.stringify(metadata) }),
  createdAt: (createdAt) => ({ created_at: createdAt }),
  suspendedAt: (suspendedAt) => ({ suspended_at: suspendedAt }),
  suspendedReason: (suspendedReason) => ({ suspended_reason: suspendedReason }),
  revocation: (revocation) => ({
    revoking_until: revocation?.until ?? null,
    revocation: revocation === null ? null : JSON.stringify(revocation),
  }),
};

function columnsOf<Rec extends object, Row>(fields: Partial<Rec>, encoders: Encoders<Rec, Row>): Partial<Row> {
  let row: Partial<Row> = {};
  for (const field of Object.keys(encoders) as (keyof Rec)[]) {
    const value = fields[field];
    if (value !== undefined) row = { ...row, ...encoders[field](value) };
  }
  return row;
}
