/** A verification whose key is not in memory, on SQLite in a file, against the bare prepared SELECT of the same columns. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLatchkey } from 'latchkey';
import { openConnection, loadDriver } from '../packages/latchkey/src/stores/sqlite/driver.js';
import { compare } from './cpu.js';

const SIZES = [1_000, 1_000_000];
const PROBES = 1_000;
const DatabaseSync = await loadDriver();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const measured = [];
  for (const size of SIZES) measured.push(await measure(size));
  process.send({
    what: 'verify, not cached: 1 000 000 keys against 1 000',
    subject: measured[1],
    baseline: measured[0],
    unit: 'ns',
    goal: '≤ 1.5 ×',
  });
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(size) {
  const file = join(folder, `${size}.db`);
  // The smallest cache there is: of so many keys in turn, none is still in memory when it comes again.
  const latchkey = await createLatchkey({ database: `file:${file}`, cacheKeys: 2 });
  const tokens = [];
  for (let i = 0; i < PROBES; i++) tokens.push((await latchkey.keys.create({ name: `key ${i}`, owner: 'bench' })).token.reveal());
  fill(file, size);
  const database = new DatabaseSync(file, { readOnly: true });
  // The size of the engine's page cache, so that both read the same share of the file from memory.
  database.exec('pragma cache_size = -16000');
  const select = database.prepare(
    'select k.*, s.* from secrets s join keys k on k.id = s.key_id left join owners o on o.id = k.owner left join tiers t on t.name = k.tier where s.digest = ?',
  );
  const digests = tokens.map((token) => createHash('sha256').update(token).digest());
  const [baseline, subject] = await compare(
    [
      (operations) => {
        for (let i = 0; i < operations; i++) select.get(digests[i % PROBES]);
      },
      async (operations) => {
        for (let i = 0; i < operations; i++) {
          const { valid } = await latchkey.verify(tokens[i % PROBES]);
          if (!valid) throw new Error('refused');
        }
      },
    ],
    { operations: 10_000 },
  );
  database.close();
  await latchkey.close();
  process.send({
    what: `verify, not cached, SQLite, ${size.toLocaleString('en')} keys`,
    subject,
    baseline,
    unit: 'ns',
    goal: '≤ 3 × the bare SELECT',
  });
  return subject;
}

/** Copies the keys that are there under other ids and random digests until there are `size` of them. */
function fill(file, size) {
  const database = openConnection(DatabaseSync, file);
  const columnsOf = database.prepare('select name from pragma_table_info(?)');
  const copy = (table, replace) => {
    const names = columnsOf.all(table).map(({ name }) => name);
    return database.prepare(
      `insert into ${table} (${names.join(', ')}) select ${names.map((name) => replace[name] ?? name).join(', ')} from ${table} where id = ?`,
    );
  };
  const keys = database.prepare('select k.id as key, s.id as secret from keys k join secrets s on s.key_id = k.id limit 1').get();
  const copyKey = copy('keys', { id: '?' });
  const copySecret = copy('secrets', { id: '?', key_id: '?', digest: 'randomblob(32)' });
  database.exec('begin');
  for (let i = PROBES; i < size; i++) {
    copyKey.run(`key_copy${i}`, keys.key);
    copySecret.run(`sec_copy${i}`, `key_copy${i}`, keys.secret);
  }
  database.exec('commit');
  database.close();
}
