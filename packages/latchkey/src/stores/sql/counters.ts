import type { Kysely } from 'kysely';
import type { CounterRow } from '../../ports/counter-store.js';
import type { Schema } from './schema.js';

export function countersQuery(db: Kysely<Schema>, subject: string) {
  return db.selectFrom('counters').select(['subject', 'name', 'state', 'expires_at']).where('subject', '=', subject).orderBy('name');
}

export function counterUpsert(db: Kysely<Schema>, row: CounterRow) {
  return db
    .insertInto('counters')
    .values({ subject: row.subject, name: row.name, state: row.state, expires_at: row.expiresAt })
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'name'])
        .doUpdateSet((eb) => ({ state: eb.ref('excluded.state'), expires_at: eb.ref('excluded.expires_at') })),
    );
}

/** Drops at most `limit` of the rows that expired at or before `now`. */
export function expiredCountersDelete(db: Kysely<Schema>, now: number, limit: number) {
  return db
    .deleteFrom('counters')
    .where((eb) =>
      eb(
        eb.refTuple('subject', 'name'),
        'in',
        eb.selectFrom('counters').select(['subject', 'name']).where('expires_at', '<=', now).limit(limit).$asTuple('subject', 'name'),
      ),
    );
}
