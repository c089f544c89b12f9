import type { Kysely } from 'kysely';
import type { Fill } from './fill.js';
import type { Schema } from './schema.js';

export function countersQuery(db: Kysely<Schema>) {
  return db.selectFrom('counters').select(['subject', 'name', 'state', 'expires_at']).orderBy('subject').orderBy('name');
}

export function counterUpsert(db: Kysely<Schema>, fill: Fill<'counters'>) {
  return fill(db.insertInto('counters')).onConflict((conflict) =>
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
