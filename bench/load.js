/**
 * A load generator on bare sockets: it costs far less than a server does, so the server is never the one that waits.
 * Each connection sends the same bytes again as soon as an answer is complete.
 */
import { connect } from 'node:net';

const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * Sends `requests` requests over `connections` connections; rejects where one is answered with another status than 200.
 *
 * It never sleeps: to wake a sleeper costs the server that writes to it several µs, and the slower a server is, the
 * more often it would find us asleep.
 */
export async function applyLoad(port, { bytes, requests, connections }) {
  let left = requests;
  let spinning = true;
  const spin = () => {
    if (spinning) setImmediate(spin);
  };
  spin();
  const take = () => left-- > 0;
  await Promise.all(Array.from({ length: connections }, () => repeat(port, { bytes, take }))).finally(() => (spinning = false));
}

/** One request; its answer's headers, names as they were sent, and body. */
export async function sample(port, bytes) {
  let answer = Buffer.alloc(0);
  let left = 1;
  await repeat(port, { bytes, take: () => left-- > 0, seen: (chunk) => (answer = Buffer.concat([answer, chunk])) });
  const [head, body] = answer.toString().split('\r\n\r\n');
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(': '));
  return { headers: Object.fromEntries(headers), body };
}

/** The bytes of a request as a client sends it. */
export function requestBytes({ method, path, headers, body = '' }) {
  const all = {
    host: '127.0.0.1',
    connection: 'keep-alive',
    ...headers,
    ...(body !== '' && { 'content-length': Buffer.byteLength(body) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'));
}

function repeat(port, { bytes, take, seen = () => {} }) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    // Of the answer under way; most come in one piece.
    let pending = null;
    const next = () => {
      if (take()) socket.write(bytes);
      else socket.end(resolve);
    };
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed the connection.')));
    socket.on('data', (chunk) => {
      seen(chunk);
      pending = pending === null ? chunk : Buffer.concat([pending, chunk]);
      if (!isComplete(pending)) return;
      if (pending.toString('latin1', 9, 12) !== '200') reject(new Error(pending.toString().split('\r\n')[0]));
      pending = null;
      next();
    });
  });
}

function isComplete(answer) {
  const end = answer.indexOf(HEADERS_END);
  if (end < 0) return false;
  const head = answer.toString('latin1', 0, end);
  if (/transfer-encoding: chunked/i.test(head)) return answer.toString('latin1', answer.length - 5) === '0\r\n\r\n';
  const length = /content-length: (\d+)/i.exec(head);
  return answer.length === end + HEADERS_END.length + Number(length?.[1] ?? 0);
}
