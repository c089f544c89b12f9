import { sql, type Kysely } from 'kysely';
import type { LogHead } from '../../domain/event.js';
import type { EventLog } from '../../ports/event-log.js';
import { GENESIS, hashedEntries, type QuoteText } from '../sql/log/confirm.js';
import type { Schema } from '../sql/schema.js';

/** The server hashes by itself: no entry travels, and the event loop has nothing to do. */
export function createConfirm(db: Kysely<Schema>): EventLog['confirm'] {
  return async (after, limit) => (await confirmedQuery(db, after ?? GENESIS, limit).executeTakeFirst()) ?? after;
}

const quote: QuoteText = (text) => sql`to_json(${text})::text`;

function confirmedQuery(db: Kysely<Schema>, after: LogHead, limit: number) {
  const right = sql<boolean>`coalesce(seq = ${after.seq} + row_number() over (order by seq)
    and previous_hash = lag(hash, 1, ${after.hash}) over (order by seq)
    and hash = encode(sha256(convert_to(text, 'UTF8')), 'hex'), false)`;
  const judged = db.selectFrom(hashedEntries(db, { after, limit, quote }).as('entries')).select(['seq', 'hash', right.as('sound')]);
  const upTo = db.selectFrom(judged.as('judged')).select(['seq', 'hash', sql<boolean>`bool_and(sound) over (order by seq)`.as('whole')]);
  return db.selectFrom(upTo.as('up_to')).select(['seq', 'hash']).where('whole', '=', true).orderBy('seq', 'desc').limit(1);
}
