import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { TimedOutError } from '../../../src/domain/errors.js';
import { openReader, findDriver } from '../../../src/stores/sqlite/connections.js';
import { openConnection } from '../../../src/stores/sqlite/driver.js';
import { createReader } from '../../../src/stores/sqlite/reader.js';
import { createThreadReader, type ThreadReader } from '../../../src/stores/sqlite/thread-reader.js';
import { sampleKey, START, storeKeys } from '../../../src/testing/storage-records.js';
import { withFileStorage } from '../temporary-database.js';

/** Has no end but the one that the function makes. */
const ENDLESS = sql`with recursive n (x) as (select 1 union all select x + 1 from n where x % 64 <> 0 or latchkey_in_time(x))
  select count(*) as count from n`;
const SHORT = sql<{ one: number }>`select 1 as one`;

async function withThread(limitMs: number, body: (reader: ThreadReader) => Promise<void>): Promise<void> {
  await withFileStorage(async (_storage, file) => {
    const driver = await findDriver();
    const connection = openReader(driver, file);
    const options = { driver, file, readOnly: false, beside: createReader(connection, null), notify: () => undefined };
    const reader = createThreadReader({ ...options, limitMs });
    try {
      await body(reader);
    } finally {
      await reader.close();
      connection.close();
    }
  });
}

async function answerOf(reader: ThreadReader): Promise<unknown> {
  return (await SHORT.execute(reader.db)).rows;
}

describe('reading thread', () => {
  it('a read that takes longer than the limit is ended: the thread can be closed', async () => {
    await withThread(200, async (reader) => {
      const refusal = await ENDLESS.execute(reader.db).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(TimedOutError);
      expect(String(refusal)).toContain('0.2 s');
    });
  });

  it('a read is ended when its signal fires, and those that wait behind it are answered', async () => {
    await withThread(60_000, async (reader) => {
      const [running, waiting, never] = [new AbortController(), new AbortController(), AbortSignal.abort()];
      const reads = [running.signal, waiting.signal, never].map((signal) =>
        ENDLESS.execute(reader.until(signal).db).catch((error: unknown) => error),
      );
      const last = answerOf(reader);
      waiting.abort();
      expect(await reads[1]).toMatchObject({ name: 'AbortError' });
      expect(await reads[2]).toMatchObject({ name: 'AbortError' });
      running.abort();
      expect(await reads[0]).toMatchObject({ name: 'AbortError' });
      expect(await last).toEqual([{ one: 1 }]);
    });
  });

  it('closing ends the read that is under way, and the thread after it: the driver of Node 20 would end the process', async () => {
    await withThread(60_000, async (reader) => {
      const begun = answerOf(reader);
      const [running, waiting] = [ENDLESS, ENDLESS].map((read) => read.execute(reader.db).catch((error: unknown) => error));
      await begun;
      await reader.close();
      expect([await running, await waiting].every((outcome) => outcome instanceof Error)).toBe(true);
    });
  });

  it('a page of a list waits for no search', async () => {
    await withFileStorage(async (storage, file) => {
      await storeKeys(storage, [sampleKey(1)]);
      makeLogEndless(await findDriver(), file);
      const gone = new AbortController();
      // Two filters: no index has what both admit.
      const search = storage.events
        .readEvents({ owner: 'a', action: 'key.created', limit: 1, signal: gone.signal })
        .catch((error: unknown) => error);
      expect(await storage.keys.listKeys({ limit: 5, now: START })).toHaveLength(1);
      expect(await storage.catalog.listOwners({ limit: 5, now: START })).toEqual([]);
      gone.abort();
      expect(await search).toMatchObject({ name: 'AbortError' });
      expect(await storage.keys.countKeys({ now: START })).toBe(1);
    });
  });
});

/** In place of the log, rows without an end. */
function makeLogEndless(driver: Parameters<typeof openConnection>[0], file: string): void {
  const connection = openConnection(driver, file);
  const rows = connection.prepare('select name from pragma_table_info(?)').all('events') as { name: string }[];
  const columns = rows.filter(({ name }) => name !== 'seq').map(({ name }) => `iif(seq > 0, '', 'x') as "${name}"`);
  connection.exec('drop table events');
  connection.exec(`create view events as with recursive n (seq) as (select 1 union all select seq + 1 from n)
    select seq, ${columns.join(', ')} from n`);
  connection.close();
}
