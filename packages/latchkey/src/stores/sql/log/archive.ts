/** The part of the audit log that was archived: its checkpoint, and the entries that leave. */
import type { Kysely } from 'kysely';
import type { LogCheckpoint } from '../../../domain/log-checkpoint.js';
import type { Change } from '../../../ports/key-store.js';
import type { Schema } from '../schema.js';
import type { Write } from '../write.js';

/** On SQLite they are deleted on the event loop, each from six indexes: some milliseconds. */
const DROPPED_AT_ONCE = 200;

export function logOf(db: Kysely<Schema>, write: Write): Change['log'] {
  return {
    async find(seq) {
      const row = await db.selectFrom('events').select(['hash', 'at']).where('seq', '=', seq).executeTakeFirst();
      return row === undefined ? null : { seq, hash: row.hash, at: row.at };
    },
    checkpoint: async () => readCheckpoint(db),
    async archive({ seq, hash, pepperId, signature }, at) {
      await write(db.insertInto('log_checkpoints').values({ seq, hash, at, pepper_id: pepperId, signature }));
    },
    async drop() {
      const last = await readCheckpoint(db);
      if (last === null) return false;
      // The oldest first: what is left goes on without a gap.
      const archived = db.selectFrom('events').select('seq').where('seq', '<=', last.seq).orderBy('seq').limit(DROPPED_AT_ONCE);
      await db.deleteFrom('event_keys').where('seq', 'in', archived).execute();
      const { numDeletedRows } = await db.deleteFrom('events').where('seq', 'in', archived).executeTakeFirst();
      return numDeletedRows >= DROPPED_AT_ONCE;
    },
  };
}

export async function readCheckpoint(db: Kysely<Schema>): Promise<LogCheckpoint | null> {
  const select = db.selectFrom('log_checkpoints').select(['seq', 'hash', 'pepper_id', 'signature']);
  const row = await select.orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? null : { seq: row.seq, hash: row.hash, pepperId: row.pepper_id, signature: row.signature };
}
