/**
 * One and the same service three times over, from one seed and with one clock each: reached over a socket with the
 * fast lane, over a socket without it, and as a fetch handler. What is sent to all of them has to be answered alike.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createSeededEntropy } from 'latchkey/testing';
import { serveApp } from '../../src/http/serving/listen.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { nodeEnv, openService, type Service } from './service.js';

export interface Question {
  readonly method: string;
  readonly target: string;
  /** As they are sent, repetitions included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer | undefined;
  /** Whether the body is sent in chunks, its length unsaid. */
  readonly chunked?: boolean | undefined;
}

/** An answer without what belongs to the connection and the moment: as every way has to give it. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface Ways {
  readonly services: readonly Service[];
  /** Does the same to each of the services; what it gives back for the first. */
  each<Made>(change: (service: Service) => Promise<Made>): Promise<Made>;
  /** The answers by the fast lane's socket, the ordinary socket and fetch; and whether the lane took it. */
  ask(question: Question): Promise<{ readonly answers: readonly PlainAnswer[]; readonly inLane: boolean }>;
  /** What each has written to its log, by now. */
  readonly logs: readonly (readonly string[])[];
  close(): Promise<void>;
}

/** Names that a connection adds, not an answer; and the length, of which fetch leaves the writing to who sends it. */
const OF_CONNECTION = /^(?:date|connection|keep-alive|transfer-encoding|content-length):/;

export async function openWays(options: Parameters<typeof openService>[0] = {}): Promise<Ways> {
  const logs: string[][] = [[], [], []];
  const services = await Promise.all(
    logs.map((lines) =>
      openService(
        { trustedProxies: ['127.0.0.1'], log: createLogger({ destination: { write: (line) => void lines.push(line) } }), ...options },
        { entropy: createSeededEntropy(7) },
      ),
    ),
  );
  const [quick, slow, fetched] = services;
  if (quick === undefined || slow === undefined || fetched === undefined) throw new Error('There are three services.');
  let taken = 0;
  const lane: typeof quick.app.fastLane = (incoming, outgoing) => {
    const isTaken = quick.app.fastLane(incoming, outgoing);
    if (isTaken) taken++;
    return isTaken;
  };
  const servers = [
    await serveApp({ ...quick.app, fastLane: lane }, { host: '127.0.0.1', port: 0 }),
    await serveApp({ ...slow.app, fastLane: () => false }, { host: '127.0.0.1', port: 0 }),
  ];
  return {
    services,
    logs,
    async each(change) {
      const made = await Promise.all(services.map(change));
      return made[0] as (typeof made)[number];
    },
    async ask(question) {
      const before = taken;
      const answers = await Promise.all(servers.map(async ({ url }) => plain(await send(url, bytesOf(question)))));
      answers.push(await fetchAnswer(fetched, question));
      return { answers, inLane: taken > before };
    },
    async close() {
      await Promise.all(servers.map((server) => server.close(0)));
      await Promise.all(services.map((service) => service.close()));
    },
  };
}

/** The bytes of a request on a connection that is closed after it. */
export function bytesOf({ method, target, headers, body, chunked = false }: Question): Buffer {
  const payload = Buffer.from(body ?? '');
  const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${payload.length}`;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, 'Host: service', 'Connection: close', ...lines, ...(body === undefined ? [] : [length])];
  const parts = chunked ? [`${payload.length.toString(16)}\r\n`, payload, '\r\n0\r\n\r\n'] : [payload];
  return Buffer.concat([`${head.join('\r\n')}\r\n\r\n`, ...parts].map((part) => Buffer.from(part as string)));
}

/** All that is answered to these bytes, up to the end of the connection. */
export async function send(url: string, ...pieces: readonly Uint8Array[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    // So that each arrives by itself.
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** Raw bytes of an answer, whose lines the ordinary way sorts and writes in lower case. */
export function plain(answer: string): PlainAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const rest = answer.slice(end + 4);
  const isChunked = lines.some((line) => /^transfer-encoding: chunked$/i.test(line));
  const headers = lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()));
  const length = headers.find((line) => line.startsWith('content-length: '))?.slice('content-length: '.length);
  if (length !== undefined && Number(length) !== Buffer.byteLength(rest))
    throw new Error(`The body has not the ${length} bytes that are stated.`);
  return plainAnswer(Number(statusLine.split(' ')[1]), headers, isChunked ? unchunk(rest) : rest);
}

function plainAnswer(status: number, headers: readonly string[], body: string): PlainAnswer {
  return { status, headers: headers.filter((line) => !OF_CONNECTION.test(line)).toSorted(), body };
}

function unchunk(text: string): string {
  let rest = text;
  let body = '';
  for (;;) {
    const [size = '0'] = rest.split('\r\n', 1);
    const length = Number.parseInt(size, 16);
    if (!(length > 0)) return body;
    const bytes = Buffer.from(rest.slice(size.length + 2));
    body += bytes.subarray(0, length).toString();
    rest = bytes.subarray(length + 2).toString();
  }
}

async function fetchAnswer({ app }: Service, { method, target, headers, body, chunked = false }: Question): Promise<PlainAnswer> {
  const length: [string, string][] = body === undefined || chunked ? [] : [['content-length', String(Buffer.byteLength(body))]];
  const sent: [string, string][] = [...headers.map(([name, value]): [string, string] => [name, value]), ...length];
  const request = new Request(`http://service${target}`, { method, headers: sent, ...(body !== undefined && { body }) });
  const response = await app.fetch(request, nodeEnv('127.0.0.1', sent.flat()));
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return plainAnswer(response.status, lines, await response.text());
}
