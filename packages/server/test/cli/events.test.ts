import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copySqlite, openSqlite } from '../../../../tools/services/sqlite.js';
import { run, serve, type Outcome, type ServedFolder } from './command.js';

let service: ServedFolder;
let keyId: string;

beforeAll(async () => {
  service = await serve();
  const created = await service.run(['keys', 'create', '--name', 'test', '--owner', 'acme', '--json']);
  keyId = (JSON.parse(created.stdout) as { key: { id: string } }).key.id;
  for (const verb of ['disable', 'enable', 'disable', 'enable']) await service.run(['keys', verb, keyId, '--reason', verb]);
});

afterAll(async () => {
  await service.stop();
});

/** A copy of the database, changed by somebody who has the file and knows SQL. */
function tampered(name: string, statements: string): string {
  const path = join(service.folder, `${name}.db`);
  copySqlite(join(service.folder, 'latchkey.db'), path);
  const copy = openSqlite(path);
  for (const trigger of copy.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'").all()) {
    copy.exec(`DROP TRIGGER "${String(Object.values(trigger)[0])}"`);
  }
  copy.exec(statements);
  copy.close();
  return `file:${path}`;
}

async function verifyOffline(database: string, ...more: readonly string[]): Promise<Outcome> {
  return run(['events', '--verify', '--database', database, ...more], { cwd: service.folder });
}

describe('latchkey events', () => {
  it('lists the log with filters, as a table and as JSON', async () => {
    const table = await service.run(['events', '--key', keyId, '--action', 'key.disabled']);
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(table.stdout).toMatch(/^4 +\S+ +key\.disabled +key_\w+ +acme +admin +disabledAt +disable$/m);
    const json = await service.run(['events', '--order', 'oldest', '--limit', '1', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ data: [{ seq: 1, action: 'key.created', owner: 'acme' }] });
    expect((await service.run(['events', '--action', 'nonsense'])).code).toBe(2);
  });

  it('--verify finds a true log whole: at the service, in its database file while it runs, and in an export', async () => {
    const head = (await service.run(['events', '--head'])).stdout.trim();
    expect(head).toMatch(/^5:[0-9a-f]{64}$/);
    const file = join(service.folder, 'log.jsonl');
    writeFileSync(file, (await service.run(['events', '--export'])).stdout);
    const local = ['--database', 'file:./latchkey.db'];
    for (const source of [[], local, ['--file', file]]) {
      const { code, stdout } = await service.run(['events', '--verify', '--expect', head, ...source]);
      expect([code, stdout]).toEqual([0, `The log is whole: 5 entries, head ${head}\n`]);
    }
    expect((await run(['events', '--head', ...local], { cwd: service.folder })).stdout.trim()).toBe(head);
    const copied = await run(['events', '--export', ...local], { cwd: service.folder });
    expect(copied.stdout).toBe(readFileSync(file, 'utf8'));
    const piped = await run(['events', '--verify', '--file', '-', '--json'], { input: copied.stdout });
    expect(JSON.parse(piped.stdout)).toMatchObject({ intact: true, entries: 5, broken: null });
  });

  it('--after checks only what is newer than a head that was kept, and that it still stands: at the service, in the file, in an export', async () => {
    const file = join(service.folder, 'newer.jsonl');
    writeFileSync(file, (await service.run(['events', '--export'])).stdout);
    const entries = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; hash: string });
    const [kept, newest] = [entries[2], entries[4]].map((entry) => `${entry?.seq}:${entry?.hash}`);
    for (const source of [[], ['--database', 'file:./latchkey.db'], ['--file', file]]) {
      const whole = await service.run(['events', '--verify', '--after', kept ?? '', ...source]);
      expect([whole.code, whole.stdout]).toEqual([0, `The log is whole: 2 entries after entry 3, head ${newest}\n`]);
      const other = await service.run(['events', '--verify', '--after', `3:${'0'.repeat(64)}`, ...source]);
      expect([other.code, other.stdout]).toEqual([
        1,
        expect.stringMatching(/^The log is broken at entry 3: Entry 3 is not the one that was kept/),
      ]);
    }
  });

  it('--verify names the first entry that was altered, taken out, or moved, and exits 1', async () => {
    const cases: readonly [name: string, statements: string, seq: number][] = [
      ['reason', "UPDATE events SET reason = 'other' WHERE seq >= 3", 3],
      ['time', 'UPDATE events SET at = at + 1 WHERE seq = 2', 2],
      ['removed', 'DELETE FROM events WHERE seq = 4', 4],
      ['content', 'UPDATE events SET after_json = \'{"name":"x"}\' WHERE seq = 1', 1],
      ['unreadable', "UPDATE events SET after_json = '{' WHERE seq = 2", 2],
    ];
    for (const [name, statements, seq] of cases) {
      const { code, stdout, stderr } = await verifyOffline(tampered(name, statements));
      expect(code, `${name}: ${stdout}${stderr}`).toBe(1);
      expect(stdout).toMatch(new RegExp(`^The log is broken at entry ${seq}: `));
    }
  });

  it('--expect finds a tail that was cut off, which the links alone cannot show', async () => {
    const head = (await service.run(['events', '--head'])).stdout.trim();
    const cut = tampered('cut', 'DELETE FROM events WHERE seq > 3');
    expect((await verifyOffline(cut)).code).toBe(0);
    const { code, stdout } = await verifyOffline(cut, '--expect', head, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ intact: false, entries: 3, broken: { seq: 4 } });
  });

  it('--verify --file finds an export that was edited, and refuses what is none', async () => {
    const empty = join(service.folder, 'empty.jsonl');
    writeFileSync(empty, '');
    expect((await run(['events', '--verify', '--file', empty], { cwd: service.folder })).code).toBe(2);
    const file = join(service.folder, 'edited.jsonl');
    const lines = (await service.run(['events', '--export'])).stdout.trimEnd().split('\n');
    writeFileSync(file, lines.map((line, index) => (index === 2 ? line.replace('"enable"', '"other"') : line)).join('\n'));
    const edited = await run(['events', '--verify', '--file', file]);
    expect([edited.code, edited.stdout]).toEqual([1, expect.stringMatching(/^The log is broken at entry 3: /)]);
    writeFileSync(file, `${lines[0]}\nnonsense\n`);
    const nonsense = await run(['events', '--verify', '--file', file]);
    expect([nonsense.code, nonsense.stderr]).toEqual([2, 'latchkey: Line 2 of the export is no entry of a log.\n']);
    expect((await run(['events', '--verify', '--file', join(service.folder, 'none')])).code).toBe(2);
  });

  it('--export gives what the filters admit, and nothing of others', async () => {
    const exported = async (...filters: readonly string[]) =>
      (await service.run(['events', '--export', ...filters])).stdout.split('\n').length - 1;
    const all = await exported();
    expect(await exported('--owner', 'acme', '--action', 'key.disabled')).toBe(2);
    expect(await exported('--owner', 'nobody')).toBe(0);
    expect(await exported('--until', '2020-01-01T00:00:00Z')).toBe(0);
    expect([all > 2, await exported('--from', '2020-01-01T00:00:00Z')]).toEqual([true, all]);
  });

  it('combinations that mean nothing are refused', async () => {
    for (const args of [
      ['--head', '--verify'],
      ['--expect', `1:${'0'.repeat(64)}`],
      ['--after', `1:${'0'.repeat(64)}`],
      ['--database', 'file:./latchkey.db'],
      ['--verify', '--expect', '5:nonsense'],
      ['--verify', '--database', 'latchkey.db'],
      ['--verify', '--database', 'file:a', '--file', 'b'],
      ['--export', '--limit', '5'],
      ['--head', '--owner', 'acme'],
      ['--verify', '--action', 'key.created'],
      ['--export', '--owner', 'acme', '--database', 'file:./latchkey.db'],
    ]) {
      expect((await service.run(['events', ...args])).code, args.join(' ')).toBe(2);
    }
  });

  it('a database file that is none is told as such, and none is made in its place', async () => {
    const none = await verifyOffline('file:./none.db');
    expect(none.code).not.toBe(0);
    expect(() => readFileSync(join(service.folder, 'none.db'))).toThrow('ENOENT');
    copyFileSync(process.execPath, join(service.folder, 'other.db'));
    expect((await verifyOffline('file:./other.db')).code).not.toBe(0);
  });
});
