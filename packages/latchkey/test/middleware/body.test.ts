import { connect } from 'node:net';
import type { Verifier } from 'latchkey';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FRAMEWORKS } from './frameworks.js';
import { openGuardedEngine, type GuardedEngine } from './guarded-engine.js';
import { routesAt } from './routes.js';

let engine: GuardedEngine;

beforeAll(async () => {
  engine = await openGuardedEngine();
});

afterAll(async () => {
  await engine.latchkey.close();
});

/** What is answered to the head of a request whose body never comes. */
async function answerToHead(url: string, token: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const head = ['POST /plain HTTP/1.1', `Host: ${hostname}`, `X-API-Key: ${token}`, 'Content-Type: text/plain', 'Content-Length: 1000000'];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n`));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (!received.includes('\r\n\r\n')) return;
      socket.destroy();
      resolve(received);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

it.each(Object.entries(FRAMEWORKS))('%s refuses before a byte of the body has come', async (_name, framework) => {
  const verifier: Verifier = { verify: async (token, request) => engine.latchkey.verify(token, request) };
  const running = await framework(verifier, routesAt(engine.clock.now));
  const { revoked } = await engine.tokens();
  expect((await answerToHead(running.url, revoked)).split('\r\n')[0]).toBe('HTTP/1.1 401 Unauthorized');
  await running.close();
});
