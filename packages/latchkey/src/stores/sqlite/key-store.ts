import { sql } from 'kysely';
import type { Digest } from '../../domain/digest.js';
import type { Credential } from '../../domain/key.js';
import type { Change, KeyQuery, KeyStore } from '../../ports/key-store.js';
import { createChange } from '../sql/change.js';
import { asUnavailable } from '../sql/failure.js';
import type { JsonMemo } from '../sql/json-memo.js';
import type { FieldOf } from '../sql/keys/metadata.js';
import { createKeyReads } from '../sql/keys/reads.js';
import type { SqlReader } from '../sql/reader.js';
import { credentialFromRow, credentialQuery, type CredentialRow } from '../sql/keys/queries.js';
import { compileTemplate } from '../sql/template.js';
import { executed } from '../sql/write.js';
import type { SqliteReader } from './reader.js';
import { turn } from './turn.js';
import type { Writer } from './writer.js';

export interface SqliteKeyStoreParts {
  readonly reader: SqliteReader;
  /** For a key as it is shown, and for pages that an index has in their order. */
  readonly lists: SqlReader;
  /** For counts, and for pages that may look at very many rows. */
  readonly searches: SqlReader;
  readonly writer: Writer;
  readonly memo: JsonMemo;
}

export function createSqliteKeyStore({ reader, lists, searches, writer, memo }: SqliteKeyStoreParts): KeyStore {
  const findNow = createDigestLookup(reader, memo);
  const onLoop = createKeyReads(reader, memo, fieldOf);
  const inLists = createKeyReads(lists, memo, fieldOf);
  const { listKeys, listIds, countKeys } = createKeyReads(searches, memo, fieldOf);
  return {
    ...onLoop,
    readKey: (id, aside) => (aside === 'aside' ? inLists : onLoop).readKey(id),
    listKeys: (query) => (isShort(query) ? inLists.listKeys(query) : listKeys(query)),
    listIds,
    // A count that ends soon belongs to the page beside which it is shown.
    countKeys: (query) => (query.atMost !== undefined && isShort(query) ? inLists.countKeys(query) : countKeys(query)),
    async findByDigests(digests) {
      try {
        return await reader.read(() => findNow(digests));
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    change: (work) =>
      writer.transaction('synced', (transaction) =>
        work(takingTurns(createChange(transaction, memo, { rowLocks: false, write: executed, fieldOf }))),
      ),
  };
}

/** `->` gives JSON as it was written. The parser of metadata filters admits no name that would end the path. */
export const fieldOf: FieldOf = (name) => sql`(keys.metadata -> ${`$."${name}"`})`;

/** Returns whether an index finds each key of the page: exact searches, and lists that one filter narrows. */
function isShort({ owner, search, status, metadata, order, ...others }: Omit<KeyQuery, 'limit'>): boolean {
  if (metadata !== undefined) return false;
  if (search !== undefined) return !('text' in search);
  const { tags = [], tier, environment, exceptEnvironment, within, expiresBy, unusedSince, neverUsed } = others;
  const filters = [...tags, owner, status, tier, environment, exceptEnvironment, within, expiresBy, unusedSince, neverUsed];
  // Suspended keys are brought together from every owner that is suspended.
  const given = filters.filter((filter) => filter !== undefined).length;
  // Keys that one filter finds are sorted, or each in that order is looked at.
  const isUrgent = expiresBy !== undefined || unusedSince !== undefined;
  const isByCreation = order === undefined || order === 'newest' || order === 'oldest';
  return status !== 'suspended' && given <= (isByCreation || isUrgent ? 1 : 0);
}

/**
 * The driver works on the event loop: a change of thousands of keys lets it have its turn, so that verifications go
 * on meanwhile.
 */
function takingTurns(change: Change): Change {
  let appended = 0;
  return {
    ...change,
    async append(draft) {
      appended += 1;
      if (appended % EVENTS_PER_TURN === 0) await turn();
      return change.append(draft);
    },
    async appendAll(drafts) {
      await turn();
      return change.appendAll(drafts);
    },
  };
}

const EVENTS_PER_TURN = 50;

/**
 * The read of every verification that no cache answers: one statement, compiled and prepared once for each
 * number of candidates (one, and one more for each pepper).
 */
function createDigestLookup(reader: SqliteReader, memo: JsonMemo): (digests: readonly Digest[]) => Credential | null {
  const texts: string[] = [];
  return (digests) => {
    if (digests.length === 0) return null;
    const text = (texts[digests.length] ??= digestQueryText(reader, digests.length));
    const row = reader.prepare(text).get(...digests.map((digest) => digest.bytes()));
    return row === undefined ? null : credentialFromRow(row as CredentialRow, memo);
  };
}

function digestQueryText(reader: SqliteReader, candidates: number): string {
  const names = Array.from({ length: candidates }, (_, index) => String(index));
  return compileTemplate(names, (values) => credentialQuery(reader.db).where('secrets.digest', 'in', Object.values(values))).text;
}
