/**
 * The hot routes of the service against a bare node:http server that reads the same request and answers the same
 * bytes. Servers run in processes of their own; what counts is their CPU time per request.
 */
import { median } from './cpu.js';
import { requestBytes, sample } from './load.js';
import { costOfRequest, startServer } from './servers.js';

const ADMIN_KEY = 'bench-admin-key-0123456789-abcdefghij';
const REQUESTS = 15_000;
const ROUNDS = 15;

const service = await startServer('http-server.js', { args: ['service'], env: { ADMIN_KEY } });
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
  const bare = await startServer('http-server.js', { args: ['bare'], env: { HEADERS: JSON.stringify(headers), BODY: body } });
  const cost = { service: [], bare: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of [
      ['service', service],
      ['bare', bare],
    ]) {
      const nanoseconds = await costOfRequest(server, { bytes, requests: REQUESTS });
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
