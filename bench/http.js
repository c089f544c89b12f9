/**
 * The hot routes of the service against a bare node:http server that reads the same request and answers the same
 * bytes. Servers run in processes of their own; what counts is their CPU time per request.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './cpu.js';
import { load, requestBytes, sample } from './load.js';

const ADMIN_KEY = 'bench-admin-key-0123456789-abcdefghij';
const CONNECTIONS = 64;
const REQUESTS = 15_000;
const ROUNDS = 15;

const service = await start('service', { ADMIN_KEY });
const { token } = service.ready;

await compareRoute('POST /v1/keys/verify, cached', {
  method: 'POST',
  path: '/v1/keys/verify',
  headers: { 'x-admin-key': ADMIN_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ token }),
});
await compareRoute('GET /v1/forward-auth, cached', {
  method: 'GET',
  path: '/v1/forward-auth',
  headers: { authorization: `Bearer ${token}` },
});

service.child.kill();

async function compareRoute(what, request) {
  const bytes = requestBytes(request);
  const { headers, body } = await sample(service.ready.port, bytes);
  const bare = await start('bare', { HEADERS: JSON.stringify(headers), BODY: body });
  const cost = { service: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of [
      ['service', service],
      ['bare', bare],
    ]) {
      const nanoseconds = await costOfRequest(server, bytes);
      // The first round warms up.
      if (round > 0) cost[name].push(nanoseconds);
    }
  }
  bare.child.kill();
  process.send({
    what,
    subject: median(cost.service) / 1000,
    baseline: median(cost.bare) / 1000,
    unit: 'µs',
    goal: '≤ 1.25 × bare node:http',
  });
}

async function costOfRequest(server, bytes) {
  const before = await cpu(server);
  await load(server.ready.port, { bytes, requests: REQUESTS, connections: CONNECTIONS });
  return ((await cpu(server)) - before) / REQUESTS;
}

function cpu({ child }) {
  return new Promise((resolve) => {
    child.once('message', ({ user, system }) => resolve((user + system) * 1000));
    child.send('cpu');
  });
}

function start(kind, env) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('http-server.js', import.meta.url)), [kind], { env: { ...process.env, ...env } });
    child.once('message', (ready) => resolve({ child, ready }));
    child.once('error', reject);
  });
}
