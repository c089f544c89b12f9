import type { KeyStore } from '../../ports/key-store.js';
import { failingAsUnavailable } from './failure.js';
import type { JsonMemo } from './json-memo.js';
import { countQuery, credentialFromRow, detailQuery, detailsFromRows, listQuery, locatorQuery, readForeign, secretQuery } from './keys.js';
import type { SqlReader } from './reader.js';

/** The reads of keys that are the same in every database: all but the one that each verification makes. */
export function createKeyReads({ db, read }: SqlReader, memo: JsonMemo): Omit<KeyStore, 'findByDigests' | 'change'> {
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
      const rows = await read(() => listQuery(db, query).execute());
      return detailsFromRows(rows, memo);
    },
    async countKeys(query) {
      const row = await read(() => countQuery(db, query).executeTakeFirst());
      return Number(row?.count ?? 0);
    },
  } satisfies Omit<KeyStore, 'findByDigests' | 'change'>);
}
