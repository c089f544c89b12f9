/** The commands on a PostgreSQL database, whose password they know and none of them prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { ADMIN_KEY, run, serve, type Outcome, type ServedFolder } from './command.js';

const PASSWORD = 'p@ss:w/rd?#%-canary';
const ENCODED = encodeURIComponent(PASSWORD);

interface Finding {
  readonly part: string;
  readonly status: 'ok' | 'warning' | 'wrong';
  readonly detail: string;
  readonly mend: string | null;
}

describe.skipIf(findPostgres() === null)('on PostgreSQL', () => {
  const role = `cli_${process.pid}`;
  const printed: string[] = [];
  let postgres: PostgresAccess;
  let url: string;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    await postgres.query(`create role ${role} login password '${PASSWORD}'`);
    url = await ownDatabase();
  });

  afterEach(() => {
    for (const text of printed.splice(0)) for (const secret of [PASSWORD, ENCODED, 'canary']) expect(text).not.toContain(secret);
  });

  afterAll(async () => {
    await postgres.query(`reassign owned by ${role} to postgres`);
  });

  async function ownDatabase(): Promise<string> {
    const own = new URL(await postgres.createDatabase());
    await postgres.query(`alter database ${own.pathname.slice(1)} owner to ${role}`);
    own.username = role;
    return own.href.replace(/:[^:@]*@/, `:${ENCODED}@`);
  }

  async function command(args: readonly string[], variables: Readonly<Record<string, string>> = { DATABASE_URL: url }): Promise<Outcome> {
    const outcome = await run(args, { variables });
    printed.push(outcome.stdout, outcome.stderr);
    return outcome;
  }

  async function served(variables: Readonly<Record<string, string>>): Promise<ServedFolder> {
    const service = await serve(variables);
    onTestFinished(async () => {
      const { stdout, stderr } = await service.stop();
      printed.push(stdout, stderr);
    });
    return service;
  }

  async function findings(variables?: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
    return (JSON.parse((await command(['doctor', '--json'], variables)).stdout) as { findings: Finding[] }).findings;
  }

  const told = (all: readonly Finding[], part: string, status: Finding['status']): string =>
    all
      .filter((finding) => finding.part === part && finding.status === status)
      .map((finding) => `${finding.detail} ${finding.mend ?? ''}`)
      .join('\n');

  it('migrate makes the tables, says what it applied, and does nothing the second time', async () => {
    const own = await ownDatabase();
    const first = await command(['migrate', '--json'], { DATABASE_URL: own });
    expect((JSON.parse(first.stdout) as { applied: string[] }).applied).toContain('0001-initial');
    expect((await command(['migrate'], { DATABASE_URL: own })).stderr).toBe('The database is up to date.\n');
  });

  it('serve keeps keys there, tells where they are without the password, and reads the URL from a file, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-url-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'url'), `${url}\n`, { mode: 0o600 });
    const service = await served({ DATABASE_URL_FILE: join(folder, 'url') });
    const made = await service.run(['keys', 'create', '--name', 'a', '--owner', 'ada', '--json']);
    expect(made.code, made.stderr).toBe(0);
    const { key } = JSON.parse(made.stdout) as { key: { id: string } };
    expect(await postgres.query('select id from latchkey.keys', databaseOf(url))).toContainEqual({ id: key.id });
    for (const path of ['/openapi.json', '/docs', '/metrics', '/readyz', '/v1/keys']) {
      printed.push(await (await fetch(service.url + path, { headers: { 'x-admin-key': ADMIN_KEY } })).text());
    }
    const { stdout } = await service.stop();
    const started = stdout.split('\n').find((line) => line.includes('"started"')) ?? '{}';
    const { host, pathname } = new URL(url);
    expect(JSON.parse(started)).toMatchObject({ database: `postgres://${role}@${host}${pathname}` });
  });

  it('events checks the log of the database that DATABASE_URL names', async () => {
    expect((await command(['migrate'])).code).toBe(0);
    const outcome = await command(['events', '--verify', '--database']);
    expect([outcome.code, outcome.stdout]).toEqual([0, expect.stringMatching(/^The log is (?:whole|empty)/)]);
    const withPassword = await command(['events', '--verify', '--database', url], {});
    expect([withPassword.code, withPassword.stderr]).toEqual([2, expect.stringContaining('a password does not belong here')]);
  });

  it('doctor finds nothing wrong where nothing is', async () => {
    await command(['migrate']);
    const all = await findings();
    // Whether this machine is busy is not asked.
    const asked = all.filter(({ part, detail }) => part !== 'service' && part !== 'configuration' && !detail.startsWith('An answer takes'));
    expect(asked.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(told(all, 'database', 'ok')).toMatch(/answers in [\d.]+ ms \(PostgreSQL \d+[^)]*\)\..*\nIts tables are up to date/s);
    expect(told(all, 'usage', 'ok')).toBe('By the hour there is nothing yet; by the day there is nothing yet. ');
    expect((await command(['doctor'])).stdout).toContain('ok      database: postgres://');
  });

  it('doctor says what is wrong with the server, the pool and the tables', async () => {
    const own = await ownDatabase();
    const name = new URL(own).pathname.slice(1);
    expect(told(await findings({ DATABASE_URL: own }), 'database', 'ok')).toContain('the first start makes them');
    await postgres.query(
      `alter database ${name} set synchronous_commit = off; alter database ${name} set default_transaction_read_only = on; alter database ${name} owner to postgres`,
    );
    const all = await findings({ DATABASE_URL: own, LATCHKEY_DATABASE_POOL: '500' });
    expect(told(all, 'database', 'warning')).toContain('synchronous_commit is off');
    const wrong = told(all, 'database', 'wrong');
    expect(wrong).toContain('is set to be read only');
    expect(wrong).toContain('LATCHKEY_DATABASE_POOL is 500, and the server allows 197');
    expect(wrong).toContain('its user may not make them');
  });

  it.each([
    ['a server that does not answer', (given: URL) => (given.port = '1'), 'does not answer as it should (ECONNREFUSED)', 3],
    ['a wrong password', (given: URL) => (given.password = 'wrong'), 'does not accept the password of the user', 2],
    ['a database that is not there', (given: URL) => (given.pathname = '/nowhere'), 'there is no database "nowhere"', 2],
  ])('every command names %s', async (_what, spoil, says, code) => {
    const spoilt = new URL(url);
    spoil(spoilt);
    const variables = { DATABASE_URL: spoilt.href, ADMIN_API_KEY: ADMIN_KEY, PORT: '0' };
    for (const args of [['migrate'], ['serve'], ['events', '--verify', '--database']]) {
      const outcome = await command(args, variables);
      expect([outcome.code, outcome.stderr], args[0]).toEqual([code, expect.stringContaining(says)]);
    }
    expect(told(await findings(variables), 'database', 'wrong')).toContain(says);
  });
});

/** As the superuser. */
function databaseOf(url: string): string {
  const own = new URL(url);
  own.username = 'postgres';
  own.password = 'the-password-of-the-superuser';
  return own.href;
}
