/** The servers that http.js compares: `service`, Latchkey on SQLite in memory; `bare`, node:http with a fixed answer. */
import http from 'node:http';
import { reportReady } from './servers.js';

const ready = process.argv[2] === 'service' ? await startService() : await startBare();
reportReady(ready);

async function startService() {
  const { createLatchkey } = await import('latchkey');
  const { createApp, serveApp } = await import('@latchkey/server');
  const latchkey = await createLatchkey({ database: ':memory:' });
  const { token } = await latchkey.keys.create({
    name: 'bench',
    owner: 'bench',
    scopes: ['articles:read'],
    limits: [{ name: 'daily', limit: 1_000_000_000, window: '1d' }],
  });
  const app = createApp(latchkey, { adminKey: process.env.ADMIN_KEY });
  const { url } = await serveApp(app, { host: '127.0.0.1', port: 0 });
  return { port: Number(new URL(url).port), token: token.reveal() };
}

function startBare() {
  const headers = JSON.parse(process.env.HEADERS);
  for (const name of ['Date', 'Connection', 'Keep-Alive', 'Transfer-Encoding']) delete headers[name];
  // Text and, where there is none, nothing: node writes these in fewer steps than bytes.
  const body = process.env.BODY;
  const server = http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, headers).end(body);
      return;
    }
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      response.writeHead(200, headers).end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port }));
  });
}
