/**
 * Measures every operation on a database that has grown, beside a small one: cold, warm and at worst, and how long a verification
 * from another process takes while the operation runs seven times at once.
 *
 * npm run bench -- growth --keys 10000,1000000 --store sqlite,postgres
 * npm run bench -- growth --only search   the operations whose name contains that
 * npm run bench -- growth --folder DIR    a filled SQLite file is kept in DIR, and the next run copies it
 *
 * Cold is after the system has forgotten the pages of the SQLite file; the server of PostgreSQL keeps its own. Wall time, for here
 * it is the subject, and beside it the CPU time of a call in service and database (with the verifications that are made meanwhile):
 * on a busy machine, believe that, and ratios over 3. Generating a million keys takes minutes, and 4 GB of disk.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from './cpu.js';
import { childrenOf, cpuMsOf } from './growth/cpu-of.js';
import { fill } from './growth/fill.js';
import { measureOperation } from './growth/measure.js';
import { operationsFor } from './growth/operations.js';
import { createPopulation } from './growth/population.js';
import { sampleOf } from './growth/sample.js';
import { startProbe, startServiceProcess } from './growth/service.js';
import { onPostgres } from './postgres-server.js';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '10000,1000000' },
    store: { type: 'string', default: 'sqlite' },
    only: { type: 'string', default: '' },
    folder: { type: 'string' },
  },
});
const sizes = values.keys.split(',').map(Number);
const STARTS = 3;
const QUIET_MS = 5_000;
const GOAL = '≤ 300 ms, cold 1 s';

for (const store of values.store.split(',')) {
  if (store === 'postgres') await onPostgres('growth', measureOnPostgres);
  else await measureOnSqlite();
}

async function measureOnSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-growth-'));
  try {
    await measureSizes('SQLite', async (size) => {
      const file = join(folder, `${size}.db`);
      return {
        database: `file:${file}`,
        kept: values.folder === undefined ? null : keptFile(join(values.folder, String(size)), file),
        pids: () => [],
        bytes: () => statSync(file).size,
        dropPages: () => dropPages(file),
        remove: () => rmSync(file),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureOnPostgres(server) {
  await measureSizes('PostgreSQL', async () => {
    const database = await server.createDatabase();
    const bytes = async () => Number((await server.query('select pg_database_size(current_database()) as bytes', database))[0].bytes);
    const remove = async () => server.query(`drop database ${new URL(database).pathname.slice(1)} with (force)`);
    const pids = () => childrenOf(Number(readFileSync(`${server.folder}/data/postmaster.pid`, 'utf8').split('\n')[0]));
    return { database, kept: null, pids, bytes, dropPages: () => undefined, remove };
  });
}

/** A filled file and the time of its population, which outlive the run. */
function keptFile(path, file) {
  return {
    now: existsSync(`${path}.json`) ? JSON.parse(readFileSync(`${path}.json`, 'utf8')).now : null,
    take() {
      copyFileSync(`${path}.db`, file);
      return JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    },
    keep(made) {
      copyFileSync(file, `${path}.db`);
      writeFileSync(`${path}.json`, JSON.stringify(made));
    },
  };
}

/** The system forgets what it has in memory of a file, so that the next read comes from the disk. */
function dropPages(file) {
  for (const path of [file, `${file}-wal`]) spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

async function measureSizes(store, prepare) {
  const smallest = new Map();
  for (const size of sizes) {
    const prepared = await prepare(size);
    await measureSize({ store, size }, prepared, (name, figure) => {
      report({ store, size, name, figure, baseline: smallest.get(name) });
      if (size === sizes[0]) smallest.set(name, figure);
    });
    await prepared.remove();
  }
}

/** Tells the figures of each operation as soon as it is measured. */
async function measureSize({ store, size }, { database, kept, pids, bytes, dropPages: forget }, tell) {
  const population = createPopulation({ keys: size, now: kept?.now ?? Date.now() });
  const beganAt = performance.now();
  const { events, usageRows } = await filled(database, population, kept);
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(0);
  const [ofKeys, ofRest] = [size.toLocaleString('en'), `${population.owners} owners, ${events} events, ${usageRows} rows of usage`];
  say(`${store}: ${ofKeys} keys, ${ofRest}, ${((await bytes()) / 1e9).toFixed(2)} GB, made in ${seconds} s`);

  const starts = [];
  for (let start = 0; start < STARTS; start++) {
    forget();
    const service = await startServiceProcess(database);
    starts.push(service.readyMs);
    await service.stop();
  }
  tell('start, until it is ready', { warm: median(starts), cold: starts[0], worst: Math.max(...starts), refused: 0 });

  const service = await startServiceProcess(database);
  const cpuMs = () => cpuMsOf([service.pid, ...pids()]);
  const sample = sampleOf(population);
  const probe = await startProbe(service.port, sample.tokens[0]);
  try {
    // The first answers of a service are slower than those that follow: they are not the baseline.
    await pause(QUIET_MS);
    await probe.take();
    await pause(QUIET_MS);
    const quiet = await probe.take();
    for (const operation of operationsFor(population, sample)) {
      if (!operation.name.includes(values.only)) continue;
      const figure = await measureOperation(operation, { service, probe, dropPages: forget, cpuMs });
      tell(operation.name, { ...figure, quiet });
    }
  } finally {
    probe.stop();
    await service.stop();
  }
}

async function filled(database, population, kept) {
  if (kept !== null && kept.now !== null) return kept.take();
  const made = await fill(database, population);
  kept?.keep({ ...made, now: population.now });
  return made;
}

function report({ store, size, name, figure, baseline }) {
  const { cold, warm, cpu, worst, refused, beside, quiet } = figure;
  const ofVerification = beside === undefined ? '' : `${quiet.p99.toFixed(1)} → ${beside.p99.toFixed(1)} ms`;
  say(`  ${name}: ${warm.toFixed(1)} ms, cold ${cold.toFixed(1)}, worst ${worst.toFixed(0)}, refused ${refused}; ${ofVerification}`);
  process.send({
    what: `${store}, ${size.toLocaleString('en')}: ${name}`,
    subject: warm,
    baseline: baseline?.warm,
    unit: 'ms',
    goal: GOAL,
    more: {
      'of CPU': cpu === undefined ? '' : `${cpu.toFixed(1)} ms${baseline === undefined ? '' : `, ${(cpu / baseline.cpu).toFixed(1)} ×`}`,
      cold: `${cold.toFixed(1)} ms`,
      worst: `${worst.toFixed(0)} ms`,
      'refused or 503': String(refused),
      'p99 of a verification beside 7': ofVerification,
    },
  });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
