import type { Kysely } from 'kysely';
import type { SessionStore } from '../../ports/session-store.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { Schema } from '../sql/schema.js';
import { sessionEnd, sessionFromRow, sessionRowQuery, sessionsEnd, sessionsPrune, sessionTouch } from '../sql/sessions.js';
import { createQueries } from './queries.js';
import type { Transact } from './transaction.js';

export interface SessionStoreParts {
  readonly db: Kysely<Schema>;
  readonly transact: Transact;
  readonly schema: string;
}

/** Each write is one statement that may be made twice, so that one whose answer was lost is made again. */
export function createPostgresSessionStore({ db, transact, schema }: SessionStoreParts): SessionStore {
  const write = async (work: (queries: Kysely<Schema>) => Promise<unknown>): Promise<void> => {
    await transact(async ({ query }) => {
      await work(createQueries(query, schema));
    });
  };
  return failingAsUnavailable<SessionStore>({
    async findSession(digest) {
      const row = await sessionRowQuery(db, digest).executeTakeFirst();
      return row === undefined ? null : sessionFromRow(row);
    },
    touchSession: async (id, at) => write(async (queries) => sessionTouch(queries, id, at).execute()),
    endSession: async (id, kind) => write(async (queries) => sessionEnd(queries, id, kind).execute()),
    endSessions: async (kind, subject) => write(async (queries) => sessionsEnd(queries, kind, subject).execute()),
    pruneSessions: async (instant) => write(async (queries) => sessionsPrune(queries, instant).execute()),
  });
}
