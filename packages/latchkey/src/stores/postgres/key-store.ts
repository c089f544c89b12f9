import { sql } from 'kysely';
import type { Digest } from '../../domain/digest.js';
import type { LogEvent } from '../../domain/event.js';
import type { Credential } from '../../domain/key.js';
import type { Change, KeyStore } from '../../ports/key-store.js';
import { createChange } from '../sql/change.js';
import { asUnavailable } from '../sql/failure.js';
import type { JsonMemo } from '../sql/json-memo.js';
import type { FieldOf } from '../sql/keys/metadata.js';
import { createKeyReads } from '../sql/keys/reads.js';
import { credentialFromRow, credentialQuery, type CredentialRow } from '../sql/keys/queries.js';
import type { SqlReader } from '../sql/reader.js';
import { asBuffer } from '../sql/rows.js';
import { compileTemplate } from '../sql/template.js';
import type { Write } from '../sql/write.js';
import type { Run, PostgresStatement } from './connections.js';
import { channelOf, type Listener } from './listener.js';
import { createQueries } from './queries.js';
import { prepared } from './read.js';
import type { Transact, Transaction } from './transaction.js';

export interface PostgresKeyStoreParts {
  readonly read: Run;
  /** For verifications. */
  readonly reader: SqlReader;
  /** For lists and searches. */
  readonly administrator: SqlReader;
  /** Under the lock, so that changes run one after another, in every process. */
  readonly transact: Transact;
  readonly listener: Pick<Listener, 'tag'>;
  readonly schema: string;
  readonly memo: JsonMemo;
}

export function createPostgresKeyStore({ read, reader, administrator, transact, listener, schema, memo }: PostgresKeyStoreParts): KeyStore {
  const find = createDigestLookup({ read, reader, memo });
  const { findByLocators, findBySecret, readForeign } = createKeyReads(reader, memo, fieldOf);
  return {
    ...createKeyReads(administrator, memo, fieldOf),
    findByLocators,
    findBySecret,
    readForeign,
    async findByDigests(digests) {
      try {
        return await find(digests);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    async change(work) {
      let own: { readonly error: unknown } | null = null;
      try {
        return await transact(async (transaction) => {
          own = null;
          const { query, send, head } = transaction;
          const change = createChange(createQueries(query, schema), memo, { rowLocks: true, head, write: sending(send), fieldOf });
          try {
            return await work(telling(change, transaction, { channel: channelOf(schema), tag: listener.tag }));
          } catch (error) {
            own = { error };
            throw error;
          }
        });
      } catch (error) {
        // What the work throws is handed on as it is.
        throw isThrownBy(own, error) ? error : asUnavailable(error);
      }
    },
  };
}

/** `json`, unlike `jsonb`, keeps the text of what it holds. */
export const fieldOf: FieldOf = (name) => sql`(keys.metadata::json -> ${name}::text)::text`;

/** Whoever writes does not wait for the answers: the commit does. */
function sending(send: Transaction['send']): Write {
  return async (query) => {
    const { sql, parameters } = query.compile();
    await send({ text: sql, values: parameters });
  };
}

function isThrownBy(own: { readonly error: unknown } | null, error: unknown): boolean {
  return own !== null && own.error === error;
}

/** What was changed proves that it was committed, and is told to whoever listens, once it is, with the tag of who tells. */
function telling(change: Change, transaction: Transaction, { channel, tag }: { channel: string; tag: string }): Change {
  let told = false;

  async function tell(event: LogEvent): Promise<void> {
    transaction.provedBy(event);
    if (!told) await transaction.send({ text: 'select pg_notify($1, $2)', values: [channel, tag] });
    told = true;
  }

  return {
    ...change,
    async append(draft) {
      const event = await change.append(draft);
      await tell(event);
      return event;
    },
    async appendAll(drafts) {
      const events = await change.appendAll(drafts);
      const last = events.at(-1);
      if (last !== undefined) await tell(last);
      return events;
    },
  };
}

/** The read of every verification that no cache answers: prepared once for each number of candidates. */
function createDigestLookup({
  read,
  reader,
  memo,
}: Pick<PostgresKeyStoreParts, 'read' | 'reader' | 'memo'>): (digests: readonly Digest[]) => Promise<Credential | null> {
  const statements: Omit<PostgresStatement, 'values'>[] = [];

  function statementFor(candidates: number): Omit<PostgresStatement, 'values'> {
    const names = Array.from({ length: candidates }, (_, index) => String(index));
    return prepared(
      compileTemplate(names, (values) => credentialQuery(reader.db).where('secrets.digest', 'in', Object.values(values))).text,
    );
  }

  return async (digests) => {
    if (digests.length === 0) return null;
    const statement = (statements[digests.length] ??= statementFor(digests.length));
    const { rows } = await read({ ...statement, values: digests.map((digest) => asBuffer(digest.bytes())) });
    return rows.length === 0 ? null : credentialFromRow(rows[0] as CredentialRow, memo);
  };
}
