import type { SessionStore } from '../../ports/session-store.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { sessionEnd, sessionFromRow, sessionRowQuery, sessionsEnd, sessionsPrune, sessionTouch } from '../sql/sessions.js';
import type { SqliteReader } from './reader.js';
import type { Writer } from './writer.js';

export function createSqliteSessionStore({ db, read }: SqliteReader, writer: Writer): SessionStore {
  return failingAsUnavailable<SessionStore>({
    async findSession(digest) {
      const row = await read(() => sessionRowQuery(db, digest).executeTakeFirst());
      return row === undefined ? null : sessionFromRow(row);
    },
    async touchSession(id, at) {
      await writer.transaction('written', (transaction) => sessionTouch(transaction, id, at).execute());
    },
    async endSession(id, kind) {
      await writer.transaction('synced', (transaction) => sessionEnd(transaction, id, kind).execute());
    },
    async endSessions(kind, subject) {
      await writer.transaction('synced', (transaction) => sessionsEnd(transaction, kind, subject).execute());
    },
    async pruneSessions(instant) {
      await writer.transaction('written', (transaction) => sessionsPrune(transaction, instant).execute());
    },
  });
}
