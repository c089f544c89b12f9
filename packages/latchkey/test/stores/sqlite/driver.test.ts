import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openSqlite, driver } from '../../../../../tools/services/sqlite.js';
import { openConnection, countPlaceholders, loadDriver, RESULT, resultOf } from '../../../src/stores/sqlite/driver.js';
import { withDatabaseFile } from '../temporary-database.js';

const connection = openSqlite(':memory:');
connection.exec('create table stored (id integer primary key, text text, bytes blob, number integer) strict');
afterAll(() => connection.close());

const insert = 'insert into stored (text, number) values (?, ?)';
const stored = (): unknown => Object.values(connection.prepare('select count(*) from stored').get() ?? {})[0];

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}

describe('SQLite driver: loading', () => {
  it('takes the built-in module where Node has it, and else the package', async () => {
    const builtIn = process.getBuiltinModule('node:sqlite' as 'node:fs') as { DatabaseSync?: unknown } | undefined;
    const { DatabaseSync } = await import('@photostructure/sqlite');
    expect(await loadDriver()).toBe(builtIn?.DatabaseSync ?? DatabaseSync);
  });

  it('takes the package where the built-in module lacks what the driver uses, as on Node 22.13', async () => {
    class Old {
      prepare = (): object => ({});
      close(): void {}
    }
    const builtIn = vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ DatabaseSync: Old } as never);
    try {
      expect(await loadDriver()).toBe((await import('@photostructure/sqlite')).DatabaseSync);
    } finally {
      builtIn.mockRestore();
    }
  });

  it('hides the warning of the built-in module, and no other', () => {
    const url = new URL('../../../src/stores/sqlite/driver.js', import.meta.url).href;
    const program = `await (await import('${url}')).loadDriver(); process.emitWarning('another');`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(stderr).toContain('another');
    expect(stderr).not.toContain('SQLite');
  });
});

describe('SQLite driver: values', () => {
  it.each([
    ['too few', ['a']],
    ['too many', ['a', 1, 2]],
    ['none', []],
    ['undefined', ['a', undefined]],
    ['a boolean', ['a', true]],
    ['a Date', ['a', new Date(0)]],
    ['a Date in the first place', [new Date(0), 1]],
    ['an object in the first place', [{ text: 'a', number: 1 }, 1]],
    ['an array of them', [['a', 1]]],
    ['an array in the first place', [['a'], 1]],
    ['NaN', ['a', Number.NaN]],
    ['infinity', ['a', Number.POSITIVE_INFINITY]],
    ['a function', ['a', () => 1]],
    ['a symbol', ['a', Symbol('a')]],
  ])('%s: a statement throws a TypeError and stores nothing', (_kind, values) => {
    const before = stored();
    for (const call of ['run', 'get', 'all'] as const) {
      expect(errorOf(() => connection.prepare(insert)[call](...values))).toBeInstanceOf(TypeError);
    }
    expect(stored()).toBe(before);
  });

  it('no error repeats a value', () => {
    for (const values of [['secret'], [['secret'], 1], [{ secret: 'secret' }, 1]]) {
      expect(String(errorOf(() => connection.prepare(insert).run(...values)))).not.toContain('secret');
    }
  });

  it('texts, numbers, bytes and NULL are read back as they were stored', () => {
    const select = 'select text, bytes, number from stored where id = ?';
    const write = 'insert or replace into stored (id, text, bytes, number) values (1, ?, ?, ?)';
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constant(null),
          fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        ),
        fc.oneof(fc.constant(null), fc.uint8Array()),
        fc.oneof(fc.constant(null), fc.maxSafeInteger()),
        (text, bytes, number) => {
          connection.prepare(write).run(text, bytes, number);
          const row = connection.prepare(select).get(1) as { bytes: Uint8Array | null };
          expect({ ...row, bytes: row.bytes === null ? null : new Uint8Array(row.bytes) }).toEqual({ text, bytes, number });
        },
      ),
    );
  });

  it('a text with NUL is not taken for its beginning, and is stored with U+FFFD in place of NUL', () => {
    connection.prepare(insert).run('ada', 1);
    const find = connection.prepare('select text from stored where text = ?');
    expect(find.get('ada\0b')).toBeUndefined();
    connection.prepare(insert).run('ada\0b', 1);
    expect(find.get('ada\0b')).toEqual({ text: 'ada\uFFFDb' });
  });

  it('takes a Buffer as bytes, and a BigInt as an integer', () => {
    const row = connection.prepare('select hex(?) as hex, ? as big').get(Buffer.from([1, 255]), 2n ** 40n);
    expect(row).toEqual({ hex: '01FF', big: 2 ** 40 });
  });

  it('an integer that JavaScript cannot hold is an error, not another number', () => {
    expect(errorOf(() => connection.prepare('select ? as big').get(2n ** 53n))).toBeInstanceOf(RangeError);
    expect(errorOf(() => connection.prepare(insert).run('a', 2n ** 63n))).toBeInstanceOf(Error);
  });
});

describe('SQLite driver: statements', () => {
  it('counts as many placeholders as SQLite does, whatever the text holds', () => {
    const parts = ["'?'", "'it''s ?'", '"?"', '"a""?"', '[?]', '`?`', '-- ?\n', '/* ? ; */', '?', '1', 'abs(?)', "json('[1]') ->> '$[0]'"];
    const part = fc.constantFrom(...parts);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (chosen) => {
        const isComment = (text: string): boolean => text.startsWith('-') || text.startsWith('/');
        const columns = chosen.filter((text) => !isComment(text)).map((text) => (/^["[`]/.test(text) ? `1 as ${text}` : text));
        const comments = chosen.filter(isComment);
        const text = `explain select ${comments.join(' ')} ${['0', ...columns].join(', ')}`;
        const count = countPlaceholders(text);
        const native = new driver(':memory:', { timeout: 0, readOnly: false });
        // SQLite itself refuses one value too many, and takes too few.
        native.prepare(text).all(...Array.from({ length: count }, () => 1));
        expect(errorOf(() => native.prepare(text).all(...Array.from({ length: count + 1 }, () => 1)))).toBeInstanceOf(Error);
        native.close();
      }),
    );
  });

  it.each(['select ?1', 'select :name', 'select @name', 'select $name', 'select 1; select 2', 'select 1 ; delete from stored'])(
    '%s: is refused, since the values could not be checked or the rest would be ignored',
    (text) => {
      expect(errorOf(() => connection.prepare(text))).toBeInstanceOf(TypeError);
    },
  );

  it('a statement ends with a semicolon, and a trigger holds statements', () => {
    expect(connection.prepare('select 1 as one;').get()).toEqual({ one: 1 });
    const trigger = "create trigger kept before delete on stored begin select raise(abort, 'kept'); end";
    connection.prepare(trigger).run();
    expect(String(errorOf(() => connection.exec('delete from stored')))).toContain('kept');
    connection.exec('drop trigger kept');
  });

  it('is prepared once for the same text, and again when very many others came between', () => {
    const first = connection.prepare('select 1');
    expect(connection.prepare('select 1')).toBe(first);
    for (let number = 0; number < 1_000; number++) connection.prepare(`select ${number} + ?`);
    expect(connection.prepare('select 1').get()).toEqual({ 1: 1 });
  });

  it('says whether it returns rows', () => {
    expect(connection.prepare('select 1').returnsRows).toBe(true);
    expect(connection.prepare('delete from stored where id = -1').returnsRows).toBe(false);
    expect(connection.prepare('delete from stored where id = -1 returning id').returnsRows).toBe(true);
  });
});

describe('SQLite driver: connections', () => {
  it('a read leaves no transaction open, so that a checkpoint reaches the end', async () => {
    await withDatabaseFile(async (file) => {
      const writer = openSqlite(file);
      writer.pragma('journal_mode = WAL');
      writer.exec('create table numbers (number integer) strict; insert into numbers values (1), (2), (3)');
      const reader = openSqlite(file);
      for (let round = 1; round <= 3; round++) {
        expect(reader.prepare('select number from numbers').get()).toEqual({ number: 1 });
        expect(reader.prepare('select count(*) as all_of_them from numbers').get()).toEqual({ all_of_them: 2 + round });
        writer.prepare('insert into numbers values (?)').run(round);
        expect(writer.prepare('pragma wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
      }
      reader.close();
      writer.close();
    });
  });

  it('a missing file is an error and is not created, whatever its name', async () => {
    await withDatabaseFile(async (file) => {
      const odd = `${file} ?mode=memory#%20é`;
      openSqlite(odd).close();
      expect(openSqlite(odd, { readOnly: true }).prepare('select 1 as one').get()).toEqual({ one: 1 });
      for (const readOnly of [false, true]) {
        expect(resultOf(errorOf(() => openConnection(driver, `${file}-none`, { readOnly })))).toBe(RESULT.cannotOpen);
      }
      expect(existsSync(`${file}-none`)).toBe(false);
    });
  });

  it('errors carry the result codes of SQLite: busy, not a database', async () => {
    await withDatabaseFile(async (file) => {
      const first = openSqlite(file);
      const second = openSqlite(file);
      second.pragma('busy_timeout = 0');
      first.exec('begin immediate');
      expect([first.inTransaction, second.inTransaction]).toEqual([true, false]);
      expect(resultOf(errorOf(() => second.exec('begin immediate')))).toBe(RESULT.busy);
      first.exec('commit');
      expect(resultOf(new Error('busy'))).toBe(0);
      for (const each of [first, second]) each.close();
      writeFileSync(`${file}-other`, 'no database, and longer than the header of one; '.repeat(40));
      expect(resultOf(errorOf(() => openConnection(driver, `${file}-other`)))).toBe(RESULT.notADatabase);
    });
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open where it cannot be opened', async () => {
    await withDatabaseFile(async (file) => {
      writeFileSync(file, 'no database, and longer than the header of one; '.repeat(40));
      const before = readdirSync('/proc/self/fd').length;
      for (let again = 0; again < 5; again++) expect(errorOf(() => openConnection(driver, file))).toBeInstanceOf(Error);
      expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 5);
    });
  });

  it('is closed once, and then refuses statements', () => {
    const closing = openSqlite(':memory:');
    closing.close();
    closing.close();
    expect(closing.open).toBe(false);
    expect(errorOf(() => closing.prepare('select 1'))).toBeInstanceOf(Error);
  });
});
