/**
 * What a guard adds to a request, in each framework: CPU time of a guarded route (a key in memory, with one limit) less that of the same
 * route bare. Over a socket, where answers with the headers of limits are longer as well; and in process, where the framework can.
 */
import { median, medianDifference, sampleRounds } from './cpu.js';
import { requestBytes } from './load.js';
import { APPS, PATH } from './middleware-apps.js';
import { openKeys } from './middleware-keys.js';
import { costOfRequest, startServer } from './servers.js';

const SOCKET_REQUESTS = 3_000;
const SOCKET_ROUNDS = 11;
const INJECTED = 10_000;

for (const framework of Object.keys(APPS)) await overSocket(framework);
const { latchkey, token } = await openKeys();
for (const framework of Object.keys(APPS)) await inProcess(framework);
await latchkey.close();

async function overSocket(framework) {
  const servers = await Promise.all(['bare', 'guarded'].map((kind) => startServer('middleware-server.js', { args: [framework, kind] })));
  const samples = [[], []];
  for (let round = 0; round <= SOCKET_ROUNDS; round++) {
    for (const [index, server] of servers.entries()) {
      const bytes = requestBytes({ method: 'GET', path: PATH, headers: { authorization: `Bearer ${server.ready.token}` } });
      const nanoseconds = await costOfRequest(server, { bytes, requests: SOCKET_REQUESTS });
      // The first round warms up.
      if (round > 0) samples[index].push(nanoseconds);
    }
  }
  for (const { child } of servers) child.kill();
  report(`guard in ${framework}, over a socket`, samples);
}

async function inProcess(framework) {
  const headers = { authorization: `Bearer ${token}` };
  const jobs = [null, latchkey].map((keys) => APPS[framework](keys).inject);
  if (jobs.includes(undefined)) return;
  const repeat = (inject) => async (operations) => {
    for (let i = 0; i < operations; i++) {
      if ((await inject(headers)) !== 200) throw new Error(`${framework} refuses.`);
    }
  };
  report(`guard in ${framework}, in process`, await sampleRounds(jobs.map(repeat), { operations: INJECTED, rounds: 11, collect: false }));
}

function report(what, samples) {
  const [baseline, subject] = samples.map((costs) => median(costs) / 1000);
  process.send({ what, subject, baseline, difference: medianDifference(samples) / 1000, unit: 'µs', goal: 'adds ≤ 5 µs' });
}
