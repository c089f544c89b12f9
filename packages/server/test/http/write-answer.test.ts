import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/http/exchange/answer.js';
import { writeAnswer } from '../../src/http/serving/write-answer.js';

const closes: (() => unknown)[] = [];
afterEach(() => closes.splice(0).map((close) => close()));

/** A server that answers each request in turn with one of these; what is left of the writing of each. */
async function serve(...answers: readonly Answer[]): Promise<{ readonly open: () => Promise<Socket>; readonly written: Promise<void>[] }> {
  const written: Promise<void>[] = [];
  const server = createServer((_request, response: ServerResponse) => {
    const answer = answers[written.length];
    if (answer !== undefined) written.push(writeAnswer(response, answer, {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closes.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  return {
    written,
    async open() {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    },
  };
}

/** A stream without an end, and how it was taken. */
function endless() {
  const taken = { pieces: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        taken.pieces += 1;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => {
        taken.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { taken, answer: { status: 200, headers: [], body: null, stream } satisfies Answer };
}

const asked = (method: string) => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('an answer on a socket', () => {
  it('reads nothing of a stream for HEAD', async () => {
    const { taken, answer } = endless();
    const { open, written } = await serve(answer);
    const socket = await open();
    socket.write(asked('HEAD'));
    await once(socket, 'data');
    await written[0];
    expect(taken).toEqual({ pieces: 0, cancelled: true });
  });

  it('stops and cancels its stream when the client goes away', async () => {
    const { taken, answer } = endless();
    const { open, written } = await serve(answer);
    const socket = await open();
    socket.write(asked('GET'));
    await once(socket, 'data');
    socket.destroy();
    await written[0];
    expect(taken.cancelled).toBe(true);
  });

  it('stops and cancels its stream when the connection ends while an earlier answer still waits', async () => {
    const { taken, answer } = endless();
    const first: Answer = { status: 200, headers: [], body: new Uint8Array(64 * 1024 * 1024) };
    const { open, written } = await serve(first, answer);
    const socket = await open();
    socket.pause();
    socket.write(asked('GET') + asked('GET'));
    await expect.poll(() => taken.pieces).toBeGreaterThan(0);
    socket.destroy();
    await Promise.all(written);
    expect(taken.cancelled).toBe(true);
  });

  it('sends a body as it is, with its length, whatever that is', async () => {
    for (const body of ['', 'ü', 'ü'.repeat(8_191), 'ü'.repeat(8_192), 'ü'.repeat(100_000), new Uint8Array(16_385).fill(65)]) {
      const { open } = await serve({ status: 200, headers: [{ connection: 'close' }], body });
      const socket = await open();
      socket.write(asked('GET'));
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      const all = Buffer.concat(chunks);
      const start = all.indexOf('\r\n\r\n') + 4;
      expect(all.subarray(start).equals(Buffer.from(body))).toBe(true);
      expect(all.subarray(0, start).toString()).toContain(`content-length: ${Buffer.from(body).length}\r\n`);
    }
  });
});
