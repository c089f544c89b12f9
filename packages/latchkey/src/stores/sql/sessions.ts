import type { Kysely } from 'kysely';
import { Digest } from '../../domain/digest.js';
import type { JsonObject } from '../../domain/json.js';
import type { SessionKind, SessionRecord } from '../../domain/session.js';
import type { Change } from '../../ports/key-store.js';
import { asBuffer } from './rows.js';
import type { Schema, SessionRow } from './schema.js';
import type { Write } from './write.js';

export function sessionRowQuery(db: Kysely<Schema>, digest: Digest) {
  return db.selectFrom('sessions').selectAll().where('digest', '=', digest.bytes());
}

export function sessionTouch(db: Kysely<Schema>, id: string, at: number) {
  return db.updateTable('sessions').set({ last_seen_at: at }).where('id', '=', id).where('last_seen_at', '<', at);
}

export function sessionEnd(db: Kysely<Schema>, id: string, kind: SessionKind) {
  return db.deleteFrom('sessions').where('id', '=', id).where('kind', '=', kind);
}

export function sessionsEnd(db: Kysely<Schema>, kind: SessionKind, subject: string) {
  return db.deleteFrom('sessions').where('subject', '=', subject).where('kind', '=', kind);
}

export function sessionsPrune(db: Kysely<Schema>, instant: number) {
  return db.deleteFrom('sessions').where('expires_at', '<=', instant);
}

/** What a change may do with sessions. */
export function sessionsOf(db: Kysely<Schema>, write: Write): Change['sessions'] {
  return {
    async insert(session) {
      await write(db.insertInto('sessions').values(sessionInsert(session)));
    },
    async use(id, at) {
      const result = await db
        .updateTable('sessions')
        .set({ used_at: at })
        .where('id', '=', id)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async withdraw(id) {
      const link = await db.selectFrom('sessions').select('subject').where('id', '=', id).where('kind', '=', 'link').executeTakeFirst();
      if (link === undefined) return null;
      await write(db.deleteFrom('sessions').where('opened_by', '=', id));
      await write(db.deleteFrom('sessions').where('id', '=', id));
      return link.subject;
    },
  };
}

export function sessionFromRow(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    digest: Digest.of(asBuffer(row.digest)),
    kind: row.kind as SessionKind,
    subject: row.subject,
    details: JSON.parse(row.details) as JsonObject,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    idleMs: row.idle_ms,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    openedBy: row.opened_by,
    madeBy: row.made_by,
  };
}

function sessionInsert(session: SessionRecord): SessionRow {
  return {
    id: session.id,
    digest: session.digest.bytes(),
    kind: session.kind,
    subject: session.subject,
    details: JSON.stringify(session.details),
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    idle_ms: session.idleMs,
    expires_at: session.expiresAt,
    used_at: session.usedAt,
    opened_by: session.openedBy,
    made_by: session.madeBy,
  };
}
