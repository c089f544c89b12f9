/**
 * The hot routes of the service against a bare node:http server that reads the same request and answers the same
 * bytes. Servers run in processes of their own; what counts is their CPU time per request.
 */
import { fork } from 'node:child_process';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { median } from './cpu.js';

const ADMIN_KEY = 'bench-admin-key-0123456789-abcdefghij';
const CONNECTIONS = 64;
const REQUESTS = 20_000;
const ROUNDS = 5;

const service = await start('service', { ADMIN_KEY });
const { token } = service.ready;
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });

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

agent.destroy();
service.child.kill();

async function compareRoute(what, request) {
  const sample = await send(service.ready.port, request);
  const bare = await start('bare', { HEADERS: JSON.stringify(sample.headers), BODY: sample.body });
  const cost = { service: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of [
      ['service', service],
      ['bare', bare],
    ]) {
      const nanoseconds = await load(server, request);
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

async function load(server, request) {
  const before = await cpu(server);
  let left = REQUESTS;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) {
        const { status } = await send(server.ready.port, request);
        if (status !== 200) throw new Error(`answered ${status}`);
      }
    }),
  );
  return ((await cpu(server)) - before) / REQUESTS;
}

function send(port, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
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
