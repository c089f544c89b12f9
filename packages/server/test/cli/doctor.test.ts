import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../../../../tools/services/redis.js';
import { copySqlite, openSqlite } from '../../../../tools/services/sqlite.js';
import { ADMIN_KEY, run, serve, temporaryFolder, type Outcome, type ServedFolder } from './command.js';

interface Finding {
  readonly part: string;
  readonly status: 'ok' | 'warning' | 'wrong';
  readonly detail: string;
  readonly mend: string | null;
}

const PEPPER = 'a-pepper-of-more-than-32-bytes-for-this-test';

let service: ServedFolder;

beforeAll(async () => {
  service = await serve({ LATCHKEY_PEPPERS: `p1:${PEPPER}` });
  await service.run(['keys', 'create', '--name', 'a', '--owner', 'b']);
});

afterAll(async () => {
  await service.stop();
});

const wrongs = ({ stdout }: Outcome): Finding[] =>
  (JSON.parse(stdout) as { findings: Finding[] }).findings.filter((finding) => finding.status === 'wrong');

/** A copy of the database that nobody serves, with a change made to it. */
function copied(folder: string, statements: string): string {
  const path = join(folder, 'copy.db');
  copySqlite(join(service.folder, 'latchkey.db'), path);
  chmodSync(path, 0o600);
  const copy = openSqlite(path);
  copy.pragma('journal_mode = WAL');
  copy.exec(statements);
  copy.close();
  return path;
}

async function withCopy(statements: string, check: (path: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await check(copied(folder.path, statements));
  } finally {
    folder.remove();
  }
}

/** Writes over the first page of a table or an index, as a failing disk or another program would. */
function overwriteRoot(path: string, name: string, pageOf: (bytes: number) => Buffer): void {
  const database = openSqlite(path);
  const pageSize = Number(database.pragma('page_size'));
  const [root] = Object.values(database.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').get(name) ?? {}) as [number];
  database.close();
  const bytes = readFileSync(path);
  pageOf(pageSize).copy(bytes, (root - 1) * pageSize);
  writeFileSync(path, bytes);
}

const nonsense = (bytes: number): Buffer => Buffer.alloc(bytes, 0xee);

/** A page of an index that holds nothing: https://www.sqlite.org/fileformat2.html#b_tree_pages. */
function emptyIndex(bytes: number): Buffer {
  const page = Buffer.alloc(bytes);
  page.writeUInt8(0x0a, 0);
  page.writeUInt16BE(bytes, 5);
  return page;
}

const peppered = { LATCHKEY_PEPPERS: `p1:${PEPPER}` };

describe('latchkey doctor', () => {
  it('finds nothing wrong where nothing is, beside the running service, and exits 0', async () => {
    const outcome = await service.run(['doctor'], { variables: { ...peppered, ADMIN_API_KEY: ADMIN_KEY } });
    expect(outcome.code, outcome.stdout).toBe(0);
    const parts = outcome.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]);
    expect(parts).toEqual([
      'ok      configuration',
      'ok      files',
      'ok      database',
      'ok      usage',
      'ok      peppers',
      'ok      clock',
      'ok      limits',
      'ok      service',
      'ok      service',
    ]);
  });

  it('says what is wrong with the configuration, all of it, and exits 1', async () => {
    const outcome = await service.run(['doctor', '--port', 'x', '--json'], { variables: { LATCHKEY_PEPPERS: 'p1:short' } });
    expect(outcome.code).toBe(1);
    expect(wrongs(outcome).map((finding) => [finding.part, finding.detail.split(':')[0]])).toEqual([
      ['configuration', '--port'],
      ['configuration', 'LATCHKEY_PEPPERS'],
    ]);
    expect(outcome.stdout).not.toContain('p1:short');
  });

  it('finds a database and a file of secrets that every user can read, and says how to close them', async () => {
    await withCopy('', async (path) => {
      chmodSync(path, 0o644);
      const key = join(path, '..', 'admin key');
      writeFileSync(key, ADMIN_KEY);
      chmodSync(key, 0o604);
      const outcome = await run(['doctor', '--json', '--database', `file:${path}`, '--admin-key-file', key], { variables: peppered });
      expect(outcome.code).toBe(1);
      expect(wrongs(outcome).map((finding) => finding.mend)).toEqual([`chmod 600 ${path}`, `chmod 600 '${key}'`]);
    });
  });

  it('finds a pepper that is missing and one that is another, without repeating either', async () => {
    await withCopy('', async (path) => {
      const missing = await run(['doctor', '--json', '--database', `file:${path}`]);
      expect(wrongs(missing)).toMatchObject([
        { part: 'peppers', detail: '1 secrets are stored under the pepper "p1", which is not configured.' },
      ]);
      const other = { LATCHKEY_PEPPERS: `p1:${PEPPER}-other` };
      const outcome = await run(['doctor', '--json', '--database', `file:${path}`], { variables: other });
      expect(wrongs(outcome)).toMatchObject([{ part: 'peppers' }]);
      expect(outcome.stdout).not.toContain(PEPPER);
    });
  });

  it('finds a clock that is behind the newest entry of the log', async () => {
    const future = 4_000_000_000_000;
    await withCopy(`DROP TRIGGER events_no_update; UPDATE events SET at = ${future}`, async (path) => {
      const outcome = await run(['doctor', '--json', '--database', `file:${path}`], { variables: peppered });
      expect(wrongs(outcome)).toMatchObject([{ part: 'clock', detail: expect.stringContaining('2096-10-02') as string }]);
    });
  });

  it('finds a database that is no database, is damaged, is of a newer version, or is in another journal mode', async () => {
    const folder = temporaryFolder();
    const noise = join(folder.path, 'noise.db');
    writeFileSync(noise, 'this is no database at all '.repeat(200), { mode: 0o600 });
    const none = await run(['doctor', '--json', '--database', `file:${noise}`], { variables: peppered });
    folder.remove();
    expect([none.code, wrongs(none).map((finding) => finding.part)]).toEqual([1, ['database']]);
    await withCopy("INSERT INTO latchkey_migrations VALUES ('9999-later', '9.0.0')", async (path) => {
      const outcome = await run(['doctor', '--json', '--database', `file:${path}`], { variables: peppered });
      expect(wrongs(outcome)).toMatchObject([{ part: 'database', detail: expect.stringContaining('9.0.0') as string }]);
    });
    await withCopy('PRAGMA journal_mode = DELETE', async (path) => {
      const outcome = await run(['doctor', '--json', '--database', `file:${path}`], { variables: peppered });
      expect(wrongs(outcome)).toMatchObject([{ part: 'database', detail: expect.stringContaining('journal mode delete') as string }]);
    });
  });

  it('--deep reads every table, says how long that took, and finds a page that was overwritten and an index that lacks an entry', async () => {
    const deeply = async (path: string) => run(['doctor', '--deep', '--json', '--database', `file:${path}`], { variables: peppered });
    await withCopy('', async (path) => {
      const whole = await deeply(path);
      expect(whole.code, whole.stdout).toBe(0);
      expect(whole.stdout).toMatch(/is undamaged: \d+ rows of \d+ tables were read, and looked up in their indexes, in \d+\.\d s\./);
      expect(whole.stderr).toContain('Reading the table keys.\n');
      overwriteRoot(path, 'last_uses', nonsense);
      expect(wrongs(await run(['doctor', '--json', '--database', `file:${path}`], { variables: peppered }))).toEqual([]);
      expect(wrongs(await deeply(path))).toMatchObject([
        { part: 'database', detail: expect.stringContaining('\nThe table last_uses cannot be read to its end: ') as string },
      ]);
    });
    await withCopy('', async (path) => {
      overwriteRoot(path, 'keys_of_owner_to_sort', emptyIndex);
      expect(wrongs(await deeply(path))).toMatchObject([
        { part: 'database', detail: expect.stringContaining('\nThe index keys_of_owner_to_sort of keys lacks entries.') as string },
      ]);
    });
  });

  it('says plainly that limits are per node where there are several and no Redis', async () => {
    const limitsOf = async (variables: Readonly<Record<string, string>>) => {
      const outcome = await run(['doctor', '--json', '--database', ':memory:'], { variables });
      return (JSON.parse(outcome.stdout) as { findings: Finding[] }).findings.filter((finding) => finding.part === 'limits');
    };
    expect(await limitsOf({})).toMatchObject([{ status: 'ok', detail: expect.stringContaining('per node') as string }]);
    expect(await limitsOf({ LATCHKEY_NODES: '3' })).toMatchObject([
      { status: 'warning', detail: '3 nodes count limits each by itself: together they admit each limit up to 3 times.' },
    ]);
  });

  it.skipIf(!hasRedis())('looks at Redis: version, latency, memory, eviction, shares, and whether it answers at all', async () => {
    const redis = await startRedis([
      ['requirepass', PEPPER],
      ['maxmemory-policy', 'allkeys-lru'],
    ]);
    const url = `redis://:${PEPPER}@127.0.0.1:${redis.port}`;
    const look = async (variables: Readonly<Record<string, string>>) =>
      run(['doctor', '--json', '--database', ':memory:'], {
        variables: { LATCHKEY_ON_LIMITER_FAILURE: 'local', LATCHKEY_LIMITER_TIMEOUT_MS: '60000', ...variables },
      });
    const found = await look({ REDIS_URL: url });
    const { findings } = JSON.parse(found.stdout) as { findings: Finding[] };
    expect(findings.filter((finding) => finding.part === 'limits')).toMatchObject([
      { status: 'warning', detail: expect.stringContaining('allkeys-lru') as string },
      {
        status: 'ok',
        detail: expect.stringMatching(/^Redis \d\S+ at 127\.0\.0\.1:\d+ answers in \d+\.\d ms and holds \d+\.\d MiB\.$/) as string,
      },
      { status: 'warning', detail: expect.stringContaining('LATCHKEY_NODES is 1') as string },
    ]);
    const refused = await look({ REDIS_URL: `redis://127.0.0.1:${redis.port}` });
    expect([refused.code, wrongs(refused)]).toMatchObject([1, [{ part: 'limits', detail: expect.stringContaining('NOAUTH') as string }]]);
    const elsewhere = await look({ REDIS_URL: `${url}/99` });
    expect([elsewhere.code, wrongs(elsewhere)]).toMatchObject([
      1,
      [{ part: 'limits', detail: expect.stringContaining('does not give database 99') as string }],
    ]);
    await redis.stop();
    const gone = await look({ REDIS_URL: url });
    expect([gone.code, wrongs(gone)]).toMatchObject([
      1,
      [{ part: 'limits', detail: expect.stringContaining('does not answer') as string }],
    ]);
    for (const outcome of [found, refused, elsewhere, gone]) expect(outcome.stdout + outcome.stderr).not.toContain(PEPPER);
  });

  it('finds that no service answers where LATCHKEY_URL says, and only warns where nobody said', async () => {
    const folder = temporaryFolder();
    const said = await run(['doctor', '--json'], { cwd: folder.path, variables: { LATCHKEY_URL: 'http://127.0.0.1:1' } });
    expect([said.code, wrongs(said).map((finding) => finding.part)]).toEqual([1, ['service']]);
    const unsaid = await run(['doctor', '--json', '--port', '1'], { cwd: folder.path });
    folder.remove();
    expect([unsaid.code, wrongs(unsaid)]).toEqual([0, []]);
    expect(unsaid.stdout).toContain('No service answers at http://127.0.0.1:1.');
  });

  it('finds credentials that the service does not accept', async () => {
    const outcome = await service.run(['doctor', '--json'], { variables: { ...peppered, LATCHKEY_ADMIN_KEY: 'not-the-admin-key-of-it' } });
    expect(wrongs(outcome)).toMatchObject([{ part: 'service', detail: expect.stringContaining('Invalid admin key') as string }]);
    expect(outcome.stdout).not.toContain('not-the-admin-key-of-it');
  });
});
