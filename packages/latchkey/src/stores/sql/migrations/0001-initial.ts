import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema.js';
import type { Flavour, Migration } from './migration.js';

export const initial: Migration = {
  id: '0001-initial',
  since: '0.1.0',
  async up(db, flavour) {
    await createKeys(db, flavour);
    await createSecrets(db, flavour);
    await createCatalog(db, flavour);
    await createEvents(db, flavour);
    await createChangeRecords(db, flavour);
    await createFigures(db, flavour);
  },
};

async function createKeys(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const keys = db.schema
    .createTable('keys')
    .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('name', flavour.text, (column) => column.notNull())
    .addColumn('name_folded', flavour.text, (column) => column.notNull())
    .addColumn('owner', flavour.text, (column) => column.notNull())
    .addColumn('tier', flavour.text)
    .addColumn('environment', flavour.text, (column) => column.notNull())
    .addColumn('scopes', flavour.text, (column) => column.notNull())
    .addColumn('created_at', flavour.integer, (column) => column.notNull())
    .addColumn('created_by', flavour.text, (column) => column.notNull())
    .addColumn('not_before', flavour.integer)
    .addColumn('expires_at', flavour.integer)
    .addColumn('disabled_at', flavour.integer)
    .addColumn('revoked_at', flavour.integer)
    .addColumn('revoked_by', flavour.text)
    .addColumn('revoked_reason', flavour.text)
    .addColumn('ip_rules', flavour.text, (column) => column.notNull())
    .addColumn('limits', flavour.text, (column) => column.notNull())
    .addColumn('metadata', flavour.text, (column) => column.notNull());
  await flavour.endTable(keys, { clustered: false }).execute();

  // A list is newest first within its filter; where that may be most keys, the name stands last so that a search
  // by it need not read the rows.
  const newest = ['created_at', 'id'] as const;
  await db.schema
    .createIndex('keys_by_time')
    .on('keys')
    .columns([...newest, 'name_folded'])
    .execute();
  await db.schema
    .createIndex('keys_by_owner')
    .on('keys')
    .columns(['owner', ...newest])
    .execute();
  await db.schema
    .createIndex('keys_by_tier')
    .on('keys')
    .columns(['tier', ...newest, 'name_folded'])
    .execute();
  await db.schema
    .createIndex('keys_by_environment')
    .on('keys')
    .columns(['environment', ...newest, 'name_folded'])
    .execute();
  await sql`create index keys_revoked on keys (created_at, id) where revoked_at is not null`.execute(db);
  await sql`create index keys_disabled on keys (created_at, id, expires_at) where disabled_at is not null`.execute(db);
  await sql`create index keys_expiring on keys (created_at, id, expires_at) where expires_at is not null`.execute(db);
  await sql`create index keys_scheduled on keys (created_at, id, not_before) where not_before is not null`.execute(db);
  await sql`create index keys_live_by_owner on keys (owner, expires_at, revoked_at) where revoked_at is null`.execute(db);
  await sql`create index keys_live_by_tier on keys (tier, revoked_at) where revoked_at is null`.execute(db);
}

async function createSecrets(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const secrets = db.schema
    .createTable('secrets')
    .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('key_id', flavour.text, (column) => column.notNull().references('keys.id'))
    .addColumn('scheme', flavour.text, (column) => column.notNull())
    .addColumn('pepper_id', flavour.text)
    .addColumn('digest', flavour.bytes, (column) => column.unique())
    .addColumn('imported_digest', flavour.bytes, (column) => column.unique())
    .addColumn('encoded', flavour.text)
    .addColumn('locator', flavour.text)
    .addColumn('locator_shape', flavour.text)
    .addColumn('foreign_format', flavour.integer, (column) => column.notNull())
    .addColumn('hint', flavour.text, (column) => column.notNull())
    .addColumn('hint_end', flavour.text, (column) => column.notNull())
    .addColumn('created_at', flavour.integer, (column) => column.notNull())
    .addColumn('valid_until', flavour.integer)
    .addColumn('retired', flavour.integer, (column) => column.notNull())
    .addColumn('last_used_at', flavour.integer);
  await flavour.endTable(secrets, { clustered: false }).execute();

  await db.schema.createIndex('secrets_by_key').on('secrets').columns(['key_id', 'created_at', 'id']).execute();
  await db.schema.createIndex('secrets_by_hint_end').on('secrets').columns(['hint_end', 'key_id']).execute();
  await sql`create index secrets_by_locator on secrets (locator) where locator is not null`.execute(db);
  await sql`create index secrets_by_locator_shape on secrets (locator_shape) where locator_shape is not null`.execute(db);
  await sql`create index secrets_foreign on secrets (foreign_format) where foreign_format = 1`.execute(db);
  await sql`create index secrets_by_pepper on secrets (pepper_id) where pepper_id is not null`.execute(db);
}

async function createCatalog(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const owners = db.schema
    .createTable('owners')
    .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('name', flavour.text)
    .addColumn('search_folded', flavour.text, (column) => column.notNull())
    .addColumn('limits', flavour.text, (column) => column.notNull())
    .addColumn('max_keys', flavour.integer)
    .addColumn('metadata', flavour.text, (column) => column.notNull())
    .addColumn('created_at', flavour.integer, (column) => column.notNull())
    .addColumn('suspended_at', flavour.integer)
    .addColumn('suspended_reason', flavour.text);
  await flavour.endTable(owners, { clustered: false }).execute();
  await sql`create index owners_suspended on owners (id) where suspended_at is not null`.execute(db);

  const tiers = db.schema
    .createTable('tiers')
    .addColumn('name', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('limits', flavour.text, (column) => column.notNull())
    .addColumn('configured', flavour.integer, (column) => column.notNull())
    .addColumn('created_at', flavour.integer, (column) => column.notNull())
    .addColumn('updated_at', flavour.integer, (column) => column.notNull());
  await flavour.endTable(tiers, { clustered: false }).execute();

  const credits = db.schema
    .createTable('credits')
    .addColumn('key_id', flavour.text, (column) => column.primaryKey().notNull().references('keys.id'))
    .addColumn('remaining', flavour.integer, (column) => column.notNull().check(sql`remaining >= 0`))
    .addColumn('refill', flavour.text)
    .addColumn('next_refill_at', flavour.integer);
  await flavour.endTable(credits, { clustered: true }).execute();
}

async function createEvents(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const events = db.schema
    .createTable('events')
    .addColumn('seq', flavour.integer, (column) => column.primaryKey().notNull())
    .addColumn('at', flavour.integer, (column) => column.notNull())
    .addColumn('action', flavour.text, (column) => column.notNull())
    .addColumn('actor_type', flavour.text, (column) => column.notNull())
    .addColumn('actor_id', flavour.text, (column) => column.notNull())
    .addColumn('target_type', flavour.text, (column) => column.notNull())
    .addColumn('target_id', flavour.text, (column) => column.notNull())
    .addColumn('owner', flavour.text)
    .addColumn('reason', flavour.text)
    .addColumn('address', flavour.text)
    .addColumn('request_id', flavour.text)
    .addColumn('before_json', flavour.text)
    .addColumn('after_json', flavour.text)
    .addColumn('previous_hash', flavour.text, (column) => column.notNull())
    .addColumn('hash', flavour.text, (column) => column.notNull());
  await flavour.endTable(events, { clustered: false }).execute();

  await db.schema.createIndex('events_by_action').on('events').columns(['action', 'seq']).execute();
  await db.schema.createIndex('events_by_target').on('events').columns(['target_id', 'seq']).execute();
  await db.schema.createIndex('events_by_owner').on('events').columns(['owner', 'seq']).execute();
  await db.schema.createIndex('events_by_actor').on('events').columns(['actor_id', 'seq']).execute();
  await flavour.protectLog(db, 'events');
}

async function createChangeRecords(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const idempotency = db.schema
    .createTable('idempotency')
    .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('fingerprint', flavour.text, (column) => column.notNull())
    .addColumn('key_id', flavour.text, (column) => column.notNull())
    .addColumn('sealed_token', flavour.bytes)
    .addColumn('sealed_until', flavour.integer, (column) => column.notNull())
    .addColumn('expires_at', flavour.integer, (column) => column.notNull());
  await flavour.endTable(idempotency, { clustered: true }).execute();
  await db.schema.createIndex('idempotency_by_expiry').on('idempotency').column('expires_at').execute();
  await sql`create index idempotency_sealed on idempotency (sealed_until) where sealed_token is not null`.execute(db);

  const peppers = db.schema
    .createTable('peppers')
    .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('check_value', flavour.text, (column) => column.notNull());
  await flavour.endTable(peppers, { clustered: true }).execute();
}

async function createFigures(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const counters = db.schema
    .createTable('counters')
    .addColumn('subject', flavour.text, (column) => column.notNull())
    .addColumn('name', flavour.text, (column) => column.notNull())
    .addColumn('state', flavour.text, (column) => column.notNull())
    .addColumn('expires_at', flavour.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('counters_pk', ['subject', 'name']);
  await flavour.endTable(counters, { clustered: true }).execute();
  await db.schema.createIndex('counters_by_expiry').on('counters').column('expires_at').execute();

  const hours = db.schema
    .createTable('usage_hours')
    .addColumn('key_id', flavour.text, (column) => column.notNull())
    .addColumn('hour', flavour.integer, (column) => column.notNull())
    .addColumn('code', flavour.text, (column) => column.notNull())
    .addColumn('count', flavour.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_hours_pk', ['key_id', 'hour', 'code']);
  await flavour.endTable(hours, { clustered: true }).execute();

  const totals = db.schema
    .createTable('usage_totals')
    .addColumn('hour', flavour.integer, (column) => column.notNull())
    .addColumn('code', flavour.text, (column) => column.notNull())
    .addColumn('count', flavour.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_totals_pk', ['hour', 'code']);
  await flavour.endTable(totals, { clustered: true }).execute();

  const lastUses = db.schema
    .createTable('last_uses')
    .addColumn('key_id', flavour.text, (column) => column.primaryKey().notNull())
    .addColumn('at', flavour.integer, (column) => column.notNull())
    .addColumn('address', flavour.text)
    .addColumn('user_agent', flavour.text);
  await flavour.endTable(lastUses, { clustered: true }).execute();
}
