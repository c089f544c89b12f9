/** The audit log, as a database checks it by itself: docs/adr/0038-a-long-audit-log.md. */
import { sql, type Expression, type Kysely, type RawBuilder } from 'kysely';
import { GENESIS_HASH } from '../../../domain/event-chain.js';
import type { LogHead } from '../../../domain/event.js';
import type { Schema } from '../schema.js';

/** Where a check of the whole log begins. */
export const GENESIS: LogHead = { seq: 0, hash: GENESIS_HASH };

/** Writes a text as JSON, as `JSON.stringify` does, in the words of a database; NULL stays NULL. */
export type QuoteText = (text: Expression<unknown>) => RawBuilder<string>;

export interface HashedEntriesQuery {
  readonly after: LogHead;
  readonly limit: number;
  readonly quote: QuoteText;
}

/**
 * Entries after a place, oldest first, each with the text that its hash is over. The text is NULL where its two JSON columns could
 * be divided differently without changing it, because one of them is no object or has a member `before`.
 */
export function hashedEntries(db: Kysely<Schema>, { after, limit, quote }: HashedEntriesQuery) {
  const text = (column: string): RawBuilder<string> => sql`coalesce(${quote(sql.ref(column))}, 'null')`;
  const json = (column: string): RawBuilder<string> => sql`coalesce(${sql.ref(column)}, 'null')`;
  const plain = (column: string): RawBuilder<boolean> =>
    sql`(${sql.ref(column)} is null or (${sql.ref(column)} like '{%}' and ${sql.ref(column)} not like '%,"before":%'))`;
  const session = sql`case when session_id is null then '' else
    ',"session":{"id":' || ${text('session_id')} || ',"link":' || ${text('session_link')} || '}' end`;
  const hashed = sql<string | null>`case when ${plain('before_json')} and ${plain('after_json')} then
    '{"action":' || ${text('action')} || ',"actor":{"id":' || ${text('actor_id')} || ',"type":' || ${text('actor_type')}
    || '},"address":' || ${text('address')} || ',"after":' || ${json('after_json')} || ',"at":' || at
    || ',"before":' || ${json('before_json')} || ',"owner":' || ${text('owner')} || ',"previousHash":' || ${text('previous_hash')}
    || ',"reason":' || ${text('reason')} || ',"requestId":' || ${text('request_id')} || ',"seq":' || seq || ${session}
    || ',"target":{"id":' || ${text('target_id')} || ',"type":' || ${text('target_type')} || '}}' end`;
  return db
    .selectFrom('events')
    .select(['seq', 'previous_hash', 'hash', hashed.as('text')])
    .where('seq', '>', after.seq)
    .orderBy('seq')
    .limit(limit);
}
