import type { KeyQuery, KeyStore } from '../../../ports/key-store.js';
import { failingAsUnavailable } from '../failure.js';
import type { JsonMemo } from '../json-memo.js';
import { soughtText, type Way } from './page.js';
import {
  countQuery,
  credentialFromRow,
  detailQuery,
  detailsFromRows,
  listQuery,
  locatorQuery,
  readForeign,
  secretQuery,
} from './queries.js';
import type { SqlReader } from '../reader.js';

/** The reads of keys that are the same in every database: all but the one that each verification makes. */
export function createKeyReads(reader: SqlReader, memo: JsonMemo): Omit<KeyStore, 'findByDigests' | 'change'> {
  const { db, read } = reader;
  /** Finds a page in the time of the query. */
  async function find<Row>(
    { search, signal }: Pick<KeyQuery, 'search' | 'signal'>,
    run: (db: SqlReader['db'], way: Way) => Promise<Row>,
  ): Promise<Row> {
    const { db: own, read: inTurn, substrings, inTime } = reader.until(signal);
    const text = soughtText(search);
    const candidates = text === null ? null : await substrings.find('keys', text);
    return inTurn(() => run(own, { candidates, inTime }));
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
      const rows = await find(query, (own, way) => listQuery(own, query, way).execute());
      return detailsFromRows(rows, memo);
    },
    async countKeys(query) {
      const row = await find(query, (own, way) => countQuery(own, query, way).executeTakeFirst());
      return Number(row?.count ?? 0);
    },
  } satisfies Omit<KeyStore, 'findByDigests' | 'change'>);
}
