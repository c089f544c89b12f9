/**
 * The same job by others: verifying a good key, in one process, with CPU time per call. Not like for like: better-auth writes the key's row at
 * every verification and keypal has no limits, while the subject is in memory and charges one. Installs them beside this file first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createLatchkey } from 'latchkey';
import { compare } from '../cpu.js';

const KEYS = 200;
const folder = import.meta.dirname;

install();
const latchkey = await createLatchkey({ database: ':memory:' });
const own = await openOwn();
const { openBetterAuth } = await import('./better-auth.js');
const goal = '≥ 400 ×';
for (const rateLimited of [false, true]) {
  const peer = await openBetterAuth({ keys: KEYS, rateLimited });
  await measure(`better-auth on SQLite, its limit ${rateLimited ? 'on' : 'off'}`, peer, { operations: 400, goal });
}
if (existsSync(`${folder}/node_modules/keypal`)) {
  const { openKeypal } = await import('./keypal.js');
  await measure('keypal in memory', await openKeypal({ keys: KEYS }), { operations: 40_000, goal: '≥ 3 ×' });
} else {
  process.stderr.write('keypal is left out: the registry has no such package.\n');
}
await latchkey.close();

async function openOwn() {
  const limits = [{ name: 'daily', limit: 1_000_000_000, window: '1d' }];
  const tokens = [];
  for (let i = 0; i < KEYS; i++) tokens.push((await latchkey.keys.create({ name: `key ${i}`, owner: 'bench', limits })).token.reveal());
  return { tokens, verify: async (token) => (await latchkey.verify(token)).valid };
}

/** `subject` is the peer's cost, `baseline` ours: the ratio says how many times ours it is. */
async function measure(what, peer, { operations, goal: toReach }) {
  const repeat =
    ({ tokens, verify }, times) =>
    async (count) => {
      for (let i = 0; i < count * times; i++) if (!(await verify(tokens[i % tokens.length]))) throw new Error(`${what}: refused.`);
    };
  // So cheap a call is repeated, to be measured as long as a dear one.
  const times = Math.max(1, Math.round(200_000 / operations));
  const [subject, ours] = await compare([repeat(peer, 1), repeat(own, times)], { operations });
  process.send({ what: `${what}, beside ours`, subject: subject / 1000, baseline: ours / times / 1000, unit: 'µs', goal: toReach });
}

function install() {
  if (existsSync(`${folder}/node_modules`)) return;
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('What is compared with cannot be installed.');
}
