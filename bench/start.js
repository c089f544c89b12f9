/** `latchkey serve` on a fresh SQLite file: until it answers, and what it then holds. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../tools/services/free-port.js';
import { median } from './cpu.js';

const main = fileURLToPath(new URL('../packages/server/bin/latchkey.js', import.meta.url));
const readyMs = [];
const residentMiB = [];
for (let run = 0; run < 5; run++) await startOnce();
process.send({ what: 'latchkey serve, until /readyz answers 200', subject: median(readyMs), unit: 'ms', goal: '≤ 1 000 ms' });
process.send({ what: 'latchkey serve, resident once ready', subject: median(residentMiB), unit: 'MiB', goal: '≤ 120 MiB' });

async function startOnce() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--port', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, DATABASE_URL: `file:${join(folder, 'latchkey.db')}`, ADMIN_API_KEY: 'bench-admin-key-0123456789-abcdefghij' },
  });
  while (!(await isReady(port))) await new Promise((resolve) => setTimeout(resolve, 5));
  readyMs.push(performance.now() - startedAt);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  residentMiB.push(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
}

async function isReady(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
  } catch {
    return false;
  }
}
