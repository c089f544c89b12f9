/**
 * A service at half the capacity of one core, for as long as is asked: its memory, descriptors and write-ahead log, and
 * what it writes for each verification. All of them are to be flat.
 *
 * npm run bench -- soak --minutes 60
 * npm run bench -- soak --store postgres
 * npm run bench -- soak --minutes 10 --rate 200   another pace than half a core, in verifications a second
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { childrenOf, cpuMsOf } from './growth/cpu-of.js';
import { fill } from './growth/fill.js';
import { createPopulation, TIERS } from './growth/population.js';
import { sampleOf } from './growth/sample.js';
import { startServiceProcess } from './growth/service.js';
import { startSteadyLoad } from './growth/steady-load.js';
import { requestBytes } from './load.js';
import { onPostgres } from './postgres-server.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string' },
    keys: { type: 'string', default: '20000' },
    store: { type: 'string', default: 'sqlite' },
  },
});
const SAMPLES = 10;
const VERIFIED = 5_000;
/** At first: how much of a core a verification takes is measured at this pace, once the service is warm. */
const TRIAL_RATE = 1_000;
const WARM_MS = 10_000;

if (values.store === 'postgres') {
  await onPostgres('soak', async (server) => {
    const postmaster = Number(readFileSync(`${server.folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
    await soak({ name: 'PostgreSQL', database: await server.createDatabase(), pids: () => childrenOf(postmaster), sizes: () => ({}) });
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-soak-'));
  const file = join(folder, 'latchkey.db');
  const megabytes = (path) => `${(sizeOf(path) / 1e6).toFixed(1)} MB`;
  const sizes = () => ({ 'write-ahead log': megabytes(`${file}-wal`), database: megabytes(file) });
  try {
    await soak({ name: 'SQLite', database: `file:${file}`, pids: () => [], sizes });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `pids`: those that write for the service, beside its own. */
async function soak({ name, database, pids, sizes }) {
  const population = createPopulation({ keys: Number(values.keys), now: Date.now() });
  await fill(database, population);
  const service = await startServiceProcess(database);
  await liftLimits(service);
  const requests = sampleOf(population, VERIFIED).tokens.map((token) =>
    requestBytes({ method: 'GET', path: '/v1/forward-auth', headers: { authorization: `Bearer ${token}` } }),
  );
  const rate = values.rate === undefined ? await halfACore(service, requests) : Number(values.rate);
  process.stderr.write(`${name}: ${requests.length} keys, ${rate} verifications a second\n`);
  const load = startSteadyLoad(service.port, requests, rate);
  await wait(WARM_MS);
  load.take();
  let first = null;
  const written = () => [service.pid, ...pids()].reduce((sum, pid) => sum + writtenBy(pid), 0);
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const before = written();
    await wait((Number(values.minutes) * 60_000) / SAMPLES);
    const { took, failed } = load.take();
    const taken = { resident: residentOf(service.pid), written: (written() - before) / took.length };
    first ??= taken;
    const minute = ((Number(values.minutes) * sample) / SAMPLES).toFixed(1);
    process.stderr.write(
      `minute ${minute}: ${taken.resident.toFixed(0)} MiB, ${taken.written.toFixed(0)} bytes for each, ${failed} not admitted\n`,
    );
    process.send({
      what: `soak on ${name}, ${rate} a second, minute ${minute}: resident`,
      subject: taken.resident,
      baseline: first.resident,
      unit: 'MiB',
      goal: 'flat, ≤ 2 kB a verification',
      more: {
        'written for each': `${(taken.written / 1000).toFixed(2)} kB`,
        ...sizes(),
        descriptors: String(readdirSync(`/proc/${service.pid}/fd`).length),
        'p50, p99': `${took[took.length >> 1].toFixed(1)}, ${took[Math.floor(took.length * 0.99)].toFixed(1)} ms`,
        'not admitted': String(failed),
      },
    });
  }
  load.stop();
  await service.stop();
}

/** The daily limits are for a caller, not for thousands of calls a second. */
async function liftLimits({ ask }) {
  for (const { name } of TIERS) {
    const { status } = await ask({
      method: 'PUT',
      path: `/v1/tiers/${name}`,
      body: { limits: [{ name: 'daily', limit: 1e9, window: '1d' }] },
    });
    if (status !== 200) throw new Error(`The tier was answered with ${status}.`);
  }
}

async function halfACore(service, requests) {
  const load = startSteadyLoad(service.port, requests, TRIAL_RATE);
  await wait(WARM_MS);
  load.take();
  const before = cpuMsOf([service.pid]);
  await wait(WARM_MS);
  const { took } = load.take();
  load.stop();
  return Math.round((500 * took.length) / (cpuMsOf([service.pid]) - before));
}

function residentOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Bytes that the process had the system write to disks. None of one that has ended meanwhile. */
function writtenBy(pid) {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
  } catch {
    return 0;
  }
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
