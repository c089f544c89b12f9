/** Counts that the database keeps, by triggers (docs/adr/0035-counts-kept-by-triggers.md). */
import { sql, type Kysely } from 'kysely';
import type { Schema } from '../sql/schema.js';

export async function countByTier(db: Kysely<Schema>): Promise<void> {
  // By the schema that the table has when it changes: a dump may be restored into another.
  await sql`create function keys_counted() returns trigger language plpgsql as '
    begin
      if tg_op = ''UPDATE'' and old.tier is not null and old.revoked_at is null then
        execute format(''update %I.tier_counts set keys = keys - 1 where tier = $1'', tg_table_schema) using old.tier;
      end if;
      if new.tier is not null and new.revoked_at is null then
        execute format(''insert into %I.tier_counts as counted values ($1, 1)
          on conflict (tier) do update set keys = counted.keys + 1'', tg_table_schema) using new.tier;
      end if;
      return null;
    end'`.execute(db);
  await sql`create trigger keys_counted after insert or update of tier, revoked_at on keys
    for each row execute function keys_counted()`.execute(db);
}

/** Those who make and revoke keys take turns, so that nobody waits for these rows. */
export async function keepCounts(db: Kysely<Schema>): Promise<void> {
  await sql`create function counts_kept() returns trigger language plpgsql as '
    declare
      step constant text := ''insert into %I.kept_counts as kept values ($1, $2)
        on conflict (name) do update set count = kept.count + excluded.count'';
    begin
      if tg_op = ''INSERT'' then
        execute format(step, tg_table_schema) using tg_table_name::text, 1;
      end if;
      if tg_table_name = ''keys'' then
        if tg_op = ''INSERT'' then
          if new.revoked_at is not null then execute format(step, tg_table_schema) using ''revoked_keys'', 1; end if;
        elsif (new.revoked_at is null) <> (old.revoked_at is null) then
          execute format(step, tg_table_schema) using ''revoked_keys'', case when new.revoked_at is null then -1 else 1 end;
        end if;
      end if;
      return null;
    end'`.execute(db);
  await sql`create trigger keys_kept after insert or update of revoked_at on keys
    for each row execute function counts_kept()`.execute(db);
  await sql`create trigger owners_kept after insert on owners for each row execute function counts_kept()`.execute(db);
}
