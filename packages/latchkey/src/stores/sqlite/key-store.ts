import type { Digest } from '../../domain/digest.js';
import type { Credential } from '../../domain/key.js';
import type { Change, KeyStore } from '../../ports/key-store.js';
import { createChange } from '../sql/change.js';
import { asUnavailable } from '../sql/failure.js';
import type { JsonMemo } from '../sql/json-memo.js';
import {
  countQuery,
  credentialFromRow,
  credentialQuery,
  detailQuery,
  detailsFromRows,
  listQuery,
  locatorQuery,
  readForeign,
  secretQuery,
} from '../sql/keys.js';
import type { CredentialRow } from '../sql/keys.js';
import { compileTemplate } from './queries.js';
import type { Reader } from './reader.js';
import { turn } from './turn.js';
import type { Writer } from './writer.js';

export function createSqliteKeyStore(reader: Reader, writer: Writer, memo: JsonMemo): KeyStore {
  const { db } = reader;
  const findNow = createDigestLookup(reader, memo);
  return {
    async findByDigests(digests) {
      try {
        return await reader.read(() => findNow(digests));
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    async findByLocators(locators, limit) {
      if (locators.length === 0) return [];
      const rows = await reading(reader, () => locatorQuery(db, locators, limit).execute());
      return rows.map((row) => credentialFromRow(row, memo));
    },
    readForeign: () => reading(reader, () => readForeign(db)),
    async findBySecret(secretId) {
      const row = await reading(reader, () => secretQuery(db, secretId).executeTakeFirst());
      return row === undefined ? null : credentialFromRow(row, memo);
    },
    async readKey(id) {
      const rows = await reading(reader, () => detailQuery(db, id).execute());
      return detailsFromRows(rows, memo)[0] ?? null;
    },
    async listKeys(query) {
      const rows = await reading(reader, () => listQuery(db, query).execute());
      // Who reads many pages must not hold up everybody else.
      if (rows.length >= LONG_PAGE) await turn();
      return detailsFromRows(rows, memo);
    },
    async countKeys(query) {
      const row = await reading(reader, () => countQuery(db, query).executeTakeFirst());
      return Number(row?.count ?? 0);
    },
    change: (work) => writer.transaction('synced', (transaction) => work(takingTurns(createChange(transaction, memo)))),
  };
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
  };
}

const LONG_PAGE = 100;
const EVENTS_PER_TURN = 50;

/**
 * The read of every verification that no cache answers: one statement, compiled and prepared once for each
 * number of candidates (one, and one more for each pepper).
 */
function createDigestLookup(reader: Reader, memo: JsonMemo): (digests: readonly Digest[]) => Credential | null {
  const texts: string[] = [];
  return (digests) => {
    if (digests.length === 0) return null;
    const text = (texts[digests.length] ??= digestQueryText(reader, digests.length));
    const row = reader.prepare(text).get(...digests.map((digest) => digest.bytes()));
    return row === undefined ? null : credentialFromRow(row as CredentialRow, memo);
  };
}

function digestQueryText(reader: Reader, candidates: number): string {
  const names = Array.from({ length: candidates }, (_, index) => String(index));
  return compileTemplate(names, (values) => credentialQuery(reader.db).where('secrets.digest', 'in', Object.values(values))).text;
}

async function reading<T>(reader: Reader, work: () => Promise<T>): Promise<T> {
  try {
    return await reader.read(work);
  } catch (error) {
    throw asUnavailable(error);
  }
}
