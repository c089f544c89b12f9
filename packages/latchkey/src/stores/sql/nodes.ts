/** The nodes on record, and what one of them lacks of the log. */
import { sql, type Kysely } from 'kysely';
import type { LogEvent, LogHead } from '../../domain/event.js';
import type { NodeRecord, Renewal, Renewed } from '../../ports/node-store.js';
import { readHead } from './log/events.js';
import type { EventRow, NodeRow, Schema } from './schema.js';

/** A node that lacks as many or more forgets everything: that is quicker than to be told of each. */
export const MISSED_READ = 10_001;

/**
 * A renewal, inside a transaction. A node whose row was there is found by whoever lists the nodes at any time. One whose
 * row is only now inserted is not, before this transaction is committed; and what is committed meanwhile, this transaction does not
 * see. Such a node is therefore told to forget everything.
 */
export async function renewNode(db: Kysely<Schema>, renewal: Renewal): Promise<Renewed> {
  const wasThere = await noteRenewal(db, renewal);
  const missed = wasThere ? await readMissed(db, renewal.cursor) : null;
  const head = missed === null ? await readHead(db) : missed.head;
  const others = await db
    .selectFrom('nodes')
    .select((eb) => [eb.fn.countAll().as('count'), eb.fn.max('lease_ms').as('longest')])
    .executeTakeFirstOrThrow();
  return {
    events: missed?.events ?? null,
    head,
    nodes: Math.max(1, Number(others.count)),
    longestLeaseMs: Math.max(renewal.leaseMs, Number(others.longest)),
  };
}

/** Whether the node was on record. */
async function noteRenewal(db: Kysely<Schema>, { cursor, ...node }: Renewal): Promise<boolean> {
  const applied = cursor?.seq ?? 0;
  const updated = await db
    .updateTable('nodes')
    .set({
      renewed_at: node.renewedAt,
      lease_ms: node.leaseMs,
      renewal: node.renewal,
      applied: sql`case when applied < ${applied} then ${applied} else applied end`,
    })
    .where('id', '=', node.id)
    .where('renewal', '<', node.renewal)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return true;
  const inserted = await db
    .insertInto('nodes')
    .values({
      id: node.id,
      label: node.label,
      version: node.version,
      started_at: node.startedAt,
      renewed_at: node.renewedAt,
      lease_ms: node.leaseMs,
      renewal: node.renewal,
      applied,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) === 0n;
}

async function readMissed(db: Kysely<Schema>, cursor: LogHead | null): Promise<Missed | null> {
  if (cursor !== null) {
    const known = await db.selectFrom('events').select('hash').where('seq', '=', cursor.seq).executeTakeFirst();
    if (known?.hash !== cursor.hash) return null;
  }
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'hash', 'action', 'target_type', 'target_id'])
    .where('seq', '>', cursor?.seq ?? 0)
    .orderBy('seq')
    .limit(MISSED_READ)
    .execute();
  return missedFrom(rows, cursor);
}

export interface Missed {
  readonly events: NonNullable<Renewed['events']>;
  readonly head: LogHead | null;
}

export type MissedRow = Pick<EventRow, 'seq' | 'hash' | 'action' | 'target_type' | 'target_id'>;

/** From the first rows after the cursor, `MISSED_READ` at most; null where the node lacks too much, or what it lacks was archived. */
export function missedFrom(rows: readonly MissedRow[], cursor: LogHead | null): Missed | null {
  const [first] = rows;
  if (rows.length >= MISSED_READ || (first !== undefined && first.seq !== (cursor?.seq ?? 0) + 1)) return null;
  const last = rows.at(-1);
  return {
    events: rows.map((row) => ({
      seq: row.seq,
      action: row.action as LogEvent['action'],
      target: { type: row.target_type as LogEvent['target']['type'], id: row.target_id },
    })),
    head: last === undefined ? cursor : { seq: last.seq, hash: last.hash },
  };
}

export function acknowledgement(db: Kysely<Schema>, id: string, applied: number) {
  return db.updateTable('nodes').set({ applied }).where('id', '=', id).where('applied', '<', applied);
}

export function nodesQuery(db: Kysely<Schema>) {
  return db.selectFrom('nodes').selectAll().orderBy('started_at').orderBy('id');
}

export function nodeRemoval(db: Kysely<Schema>, id: string, renewal: number | undefined) {
  const removal = db.deleteFrom('nodes').where('id', '=', id);
  return renewal === undefined ? removal : removal.where('renewal', '<=', renewal);
}

export function placeQuery(db: Kysely<Schema>) {
  return db.selectFrom('events').select((eb) => eb.fn.max('seq').as('place'));
}

export function nodeFromRow(row: NodeRow): NodeRecord {
  return {
    id: row.id,
    label: row.label,
    version: row.version,
    startedAt: row.started_at,
    renewedAt: row.renewed_at,
    leaseMs: row.lease_ms,
    renewal: row.renewal,
    applied: row.applied,
  };
}
