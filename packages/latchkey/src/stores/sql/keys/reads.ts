import type { KeyQuery, KeyStore } from '../../../ports/key-store.js';
import { failingAsUnavailable } from '../failure.js';
import type { JsonMemo } from '../json-memo.js';
import { soughtText, type Way } from './page.js';
import {
  countQuery,
  credentialFromRow,
  detailQuery,
  detailsFromRows,
  idsQuery,
  listQuery,
  locatorQuery,
  readForeign,
  secretQuery,
} from './queries.js';
import type { SqlReader } from '../reader.js';
import type { FieldOf, WithFields } from './metadata.js';
import { rarestFirst } from './tags.js';

/** The reads of keys that are the same in every database: all but the one that each verification makes. */
export function createKeyReads(reader: SqlReader, memo: JsonMemo, fieldOf: FieldOf): Omit<KeyStore, 'findByDigests' | 'change'> {
  const { db, read } = reader;
  /** Finds a page in the time of the query. */
  async function find<Query extends Pick<KeyQuery, 'search' | 'tags' | 'signal'>, Row>(
    query: Query,
    run: (db: SqlReader['db'], query: Query & WithFields, way: Way) => Promise<Row>,
  ): Promise<Row> {
    const { search, signal } = query;
    const { db: own, read: inTurn, substrings, inTime } = reader.until(signal);
    const text = soughtText(search);
    const candidates = text === null ? null : await substrings.find('keys', text);
    const tags = await inTurn(() => rarestFirst(own, query.tags));
    return inTurn(() => run(own, { ...query, tags, fieldOf }, { candidates, inTime }));
  }

  return failingAsUnavailable({
    async findByLocators(locators, limit) {
      if (locators.length === 0) return [];
      const rows = await read(() => locatorQuery(db, locators, limit).execute());
      return rows.map((row) => credentialFromRow(row, memo));
    },
    async findBySecret(secretId) {
      const row = await read(() => secretQuery(db, secretId).executeTakeFirst());
      return row === undefined ? null : credentialFromRow(row, memo);
    },
    readForeign: () => read(() => readForeign(db)),
    async readKey(id) {
      const rows = await read(() => detailQuery(db, id).execute());
      return detailsFromRows(rows, memo)[0] ?? null;
    },
    async listKeys(query) {
      const rows = await find(query, (own, asked, way) => listQuery(own, asked, way).execute());
      return detailsFromRows(rows, memo);
    },
    async listIds(query) {
      const rows = await find(query, (own, asked, way) => idsQuery(own, asked, way).execute());
      return rows.map(({ id }) => id);
    },
    async countKeys(query) {
      const row = await find(query, (own, asked, way) => countQuery(own, asked, way).executeTakeFirst());
      return Number(row?.count ?? 0);
    },
  } satisfies Omit<KeyStore, 'findByDigests' | 'change'>);
}
