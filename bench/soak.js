/**
 * A service on SQLite at half the capacity of one core, for as long as is asked: its memory, descriptors and write-ahead log, and
 * what it writes for each verification. All of them are to be flat.
 *
 * npm run bench -- soak --minutes 60
 * npm run bench -- soak --minutes 10 --rate 200   another pace than half a core, in verifications a second
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMsOf } from './growth/cpu-of.js';
import { fill } from './growth/fill.js';
import { createPopulation, TIERS } from './growth/population.js';
import { sampleOf } from './growth/sample.js';
import { startService } from './growth/service.js';
import { startSteadyLoad } from './growth/steady-load.js';
import { requestBytes } from './load.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string' }, keys: { type: 'string', default: '20000' } },
});
const SAMPLES = 10;
const VERIFIED = 5_000;
/** At first: how much of a core a verification takes is measured at this pace, once the service is warm. */
const TRIAL_RATE = 1_000;
const WARM_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-soak-'));
try {
  await soak(join(folder, 'latchkey.db'));
} finally {
  rmSync(folder, { recursive: true });
}

async function soak(file) {
  const population = createPopulation({ keys: Number(values.keys), now: Date.now() });
  await fill(`file:${file}`, population);
  const service = await startService(`file:${file}`);
  await liftLimits(service);
  const requests = sampleOf(population, VERIFIED).tokens.map((token) =>
    requestBytes({ method: 'GET', path: '/v1/forward-auth', headers: { authorization: `Bearer ${token}` } }),
  );
  const rate = values.rate === undefined ? await halfACore(service, requests) : Number(values.rate);
  process.stderr.write(`${requests.length} keys, ${rate} verifications a second\n`);
  const load = startSteadyLoad(service.port, requests, rate);
  await wait(WARM_MS);
  load.take();
  let first = null;
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const before = writtenBy(service.pid);
    await wait((Number(values.minutes) * 60_000) / SAMPLES);
    const { took, failed } = load.take();
    const taken = { resident: residentOf(service.pid), written: (writtenBy(service.pid) - before) / took.length };
    first ??= taken;
    const minute = ((Number(values.minutes) * sample) / SAMPLES).toFixed(1);
    process.send({
      what: `soak, ${rate} a second, minute ${minute}: resident`,
      subject: taken.resident,
      baseline: first.resident,
      unit: 'MiB',
      goal: 'flat, ≤ 2 kB a verification',
      more: {
        'written for each': `${(taken.written / 1000).toFixed(2)} kB`,
        'write-ahead log': `${(sizeOf(`${file}-wal`) / 1e6).toFixed(1)} MB`,
        database: `${(sizeOf(file) / 1e6).toFixed(1)} MB`,
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

/** Bytes that the process had the system write to disks. */
function writtenBy(pid) {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
