import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { TimedOutError, UnavailableError } from '../../../src/domain/errors.js';
import { sampleDigest, sampleKey, sampleSecret, START, storeKeys } from '../../../src/testing/storage-records.js';
import { openOwnSchema } from './opened-postgres.js';

const QUERY = { limit: 5, now: START };

describe.skipIf(findPostgres() === null)('reads of operators on PostgreSQL', () => {
  let url: string;

  beforeAll(async () => {
    url = await (await sharedPostgres()).createDatabase();
  });

  /** A store with one key, whose table somebody else holds until `release`. */
  async function openLocked(options: { readonly timeoutMs?: number } = {}) {
    const opened = await openOwnSchema(url, options);
    await storeKeys(opened.storage, [sampleKey(1)], [sampleSecret(1)]);
    const [other, watcher] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
    await Promise.all([other.connect(), watcher.connect()]);
    onTestFinished(async () => {
      await Promise.all([other.end(), watcher.end()]);
      await opened.dispose();
    });
    const schema = new URL(opened.url).searchParams.get('schema') ?? '';
    await other.query(`begin; lock table "${schema}".keys in access exclusive mode`);
    const waiting = async (): Promise<number> => {
      // The database is this file's own. The text of a statement is kept up to its 1 024th byte only.
      const { rows } = await watcher.query(
        "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      return (rows[0] as { count: number }).count;
    };
    return { ...opened, waiting, release: async () => void (await other.query('rollback')) };
  }

  it('a list that takes longer than the limit says so, and a verification that the store is not available', async () => {
    const { storage, release } = await openLocked({ timeoutMs: 1_000 });
    const [list, count, verification] = await Promise.allSettled([
      storage.keys.listKeys(QUERY),
      storage.keys.countKeys(QUERY),
      storage.keys.findByDigests([sampleDigest('secret 1')]),
    ]);
    expect([list, count].map((settled) => settled.status === 'rejected' && settled.reason instanceof TimedOutError)).toEqual([true, true]);
    expect(verification.status === 'rejected' && verification.reason instanceof UnavailableError).toBe(true);
    await release();
    expect(await storage.keys.listKeys(QUERY)).toHaveLength(1);
  });

  it('a list is cancelled in the server when its signal fires, and its connection goes on to the next', async () => {
    const { storage, release, waiting } = await openLocked();
    const gone = new AbortController();
    const list = storage.keys.listKeys({ ...QUERY, signal: gone.signal }).catch((error: unknown) => error);
    await vi.waitUntil(async () => (await waiting()) === 1, { timeout: 30_000 });
    gone.abort();
    expect(await list).toMatchObject({ name: 'AbortError' });
    expect(await waiting()).toBe(0);
    await expect(storage.keys.listKeys({ ...QUERY, signal: gone.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await release();
    expect(await storage.keys.listKeys(QUERY)).toHaveLength(1);
  });
});
