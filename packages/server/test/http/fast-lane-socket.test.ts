/** The fast lane on a socket: what it takes, and bodies however they come. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveApp } from '../../src/http/serving/listen.js';
import { bearer, forwardAuth, JSON_TYPE, verify } from './hot-questions.js';
import { openService } from './service.js';
import { bytesOf, plain, send, type Question } from './ways.js';

describe('the fast lane leaves alone what is unusual', () => {
  it('a host that is no plain name, wherever the ordinary way refuses it or not', async () => {
    const server = await serveWatched();
    for (const host of ['a/b', 'x@y', 'EXAMPLE.com', '[::1]:8787', '1.2.3.4.5:80', 'a b', '', 'service:99999', 'ü']) {
      const request = `GET /v1/forward-auth HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await send(server.url, Buffer.from(request));
      expect(server.taken, host).toBe(0);
    }
    await send(server.url, Buffer.from('GET /v1/forward-auth HTTP/1.0\r\n\r\n'));
    expect(server.taken).toBe(0);
    await send(server.url, bytesOf(forwardAuth('')));
    expect(server.taken).toBe(1);
    await server.close();
  });

  it('a question with a body, which nobody reads', async () => {
    const server = await serveWatched();
    for (const chunked of [true, false]) await send(server.url, bytesOf({ ...forwardAuth(''), body: 'x', chunked }));
    expect(server.taken).toBe(0);
    await server.close();
  });

  it('everything, where the host application says by itself who asks', async () => {
    const server = await serveWatched({ peerAddress: () => '203.0.113.9' });
    expect(plain(await send(server.url, bytesOf(forwardAuth('')))).status).toBe(401);
    expect(server.taken).toBe(0);
    await server.close();
  });
});

describe('an answer without a body', () => {
  it('says so, instead of sending nothing in chunks', async () => {
    const server = await serveWatched();
    const { token } = await server.service.issue();
    const answer = await send(server.url, bytesOf(forwardAuth('', bearer(token))));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('\r\ncontent-length: 0\r\n');
    expect(answer).not.toMatch(/chunked/i);
    await server.close();
  });
});

describe('a body', () => {
  it('may come in pieces, apart from the headers and through the middle of a character', async () => {
    const server = await serveWatched();
    const { token } = await server.service.issue();
    const bytes = bytesOf(verify(JSON.stringify({ token, userAgent: 'ü' })));
    const middle = bytes.indexOf(0xc3) + 1;
    const start = bytes.indexOf('\r\n\r\n') + 4;
    for (const pieces of [
      [bytes.subarray(0, middle), bytes.subarray(middle)],
      [bytes.subarray(0, start), bytes.subarray(start)],
      [bytes.subarray(0, start), bytes.subarray(start, middle), bytes.subarray(middle)],
      [bytes.subarray(0, 20), bytes.subarray(20)],
    ]) {
      const { status, body } = plain(await send(server.url, ...pieces));
      expect([status, JSON.parse(body).valid]).toEqual([200, true]);
    }
    expect(server.taken).toBe(4);
    await server.close();
  });

  it('fast lane: a body that does not come, or a client that went away, harms no other request', async () => {
    const server = await serveWatched();
    const { token } = await server.service.issue();
    const bytes = bytesOf(verify(JSON.stringify({ token })));
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes.subarray(0, -5));
    expect(plain(await send(server.url, bytes)).status).toBe(200);
    socket.destroy();
    const gone = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(gone, 'connect');
    gone.end(bytes);
    gone.destroy();
    expect(plain(await send(server.url, bytes)).status).toBe(200);
    await server.close();
  });

  it('fast lane: a request under way when the service closes is read to its end and answered', async () => {
    const server = await serveWatched();
    const { token } = await server.service.issue();
    const bytes = Buffer.from(
      bytesOf(verify(JSON.stringify({ token })))
        .toString()
        .replace('Connection: close', 'Connection: keep-alive'),
    );
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes.subarray(0, -5));
    // The service has to have seen the most of it.
    await (await fetch(`${server.url}/healthz`)).text();
    const closed = server.close();
    socket.write(bytes.subarray(-5));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(plain(text).status).toBe(200);
    await closed;
  });

  it('may be followed by the next request on the same connection, many times', async () => {
    const server = await serveWatched();
    const { token } = await server.service.issue();
    const keep = (question: Question) => Buffer.from(bytesOf(question).toString().replace('Connection: close', 'Connection: keep-alive'));
    const all = Buffer.concat([
      keep(verify(JSON.stringify({ token }))),
      keep(verify('{"cost":1}')),
      keep({ ...verify(JSON.stringify({ token })), headers: [['x-admin-key', 'wrong'], JSON_TYPE] }),
      keep(forwardAuth('', bearer(token))),
      bytesOf(verify(JSON.stringify({ token }))),
    ]);
    const statuses = [...(await send(server.url, all)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
    expect(statuses).toEqual([200, 400, 403, 200, 200]);
    expect(server.taken).toBe(5);
    await server.close();
  });
});

/** A service on a socket, and how many requests its fast lane took. */
async function serveWatched(options: Parameters<typeof openService>[0] = {}) {
  const service = await openService(options);
  const watched = { taken: 0 };
  const running = await serveApp(
    {
      ...service.app,
      fastLane(incoming, outgoing) {
        const isTaken = service.app.fastLane(incoming, outgoing);
        if (isTaken) watched.taken++;
        return isTaken;
      },
    },
    { host: '127.0.0.1', port: 0 },
  );
  return {
    service,
    url: running.url,
    get taken() {
      return watched.taken;
    },
    async close() {
      await running.close();
      await service.close();
    },
  };
}
