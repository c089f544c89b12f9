/** Counts that the database keeps, by triggers (docs/adr/0035-counts-kept-by-triggers.md). */
import { sql, type Kysely } from 'kysely';
import type { KeptCountRow, Schema } from '../sql/schema.js';

export async function countByTier(db: Kysely<Schema>): Promise<void> {
  const add = sql`insert into tier_counts select new.tier, 1 where new.tier is not null and new.revoked_at is null
    on conflict (tier) do update set keys = keys + 1`;
  await sql`create trigger keys_counted after insert on keys begin ${add}; end`.execute(db);
  await sql`create trigger keys_counted_again after update of tier, revoked_at on keys begin
    update tier_counts set keys = keys - 1 where tier = old.tier and old.revoked_at is null; ${add}; end`.execute(db);
}

export async function keepCounts(db: Kysely<Schema>): Promise<void> {
  const add = (name: KeptCountRow['name'], step: string, condition: string) => sql`insert into kept_counts
    select ${sql.lit(name)}, ${sql.raw(step)} where ${sql.raw(condition)} on conflict (name) do update set count = count + excluded.count`;
  const isRevoked = 'new.revoked_at is not null';
  await sql`create trigger keys_kept after insert on keys begin
    ${add('keys', '1', 'true')}; ${add('revoked_keys', '1', isRevoked)}; end`.execute(db);
  await sql`create trigger keys_kept_again after update of revoked_at on keys begin
    ${add('revoked_keys', `case when ${isRevoked} then 1 else -1 end`, '(new.revoked_at is null) <> (old.revoked_at is null)')}; end`.execute(
    db,
  );
  await sql`create trigger owners_kept after insert on owners begin ${add('owners', '1', 'true')}; end`.execute(db);
}
