/** So many requests a second on bare sockets, each due at its time, whatever became of those before. */
import { connect } from 'node:net';

const TICK_MS = 5;
const CONNECTIONS = 16;
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * @param {number} port
 * @param {readonly Buffer[]} requests the bytes of each, sent in turn; an answer must have a Content-Length, or no body
 * @param {number} perSecond
 */
export function startSteadyLoad(port, requests, perSecond) {
  const began = performance.now();
  const idle = [];
  const waiting = [];
  let due = 0;
  let taken = { took: [], failed: 0 };
  for (let number = 0; number < CONNECTIONS; number++) idle.push(open());

  function open() {
    const connection = { socket: connect(port, '127.0.0.1'), dueAt: 0, pending: null };
    connection.socket.setNoDelay(true);
    connection.socket.on('data', (chunk) => receive(connection, chunk));
    connection.socket.on('error', () => undefined);
    return connection;
  }

  function receive(connection, chunk) {
    connection.pending = connection.pending === null ? chunk : Buffer.concat([connection.pending, chunk]);
    if (!isComplete(connection.pending)) return;
    if (connection.pending.toString('latin1', 9, 12) !== '200') taken.failed++;
    connection.pending = null;
    taken.took.push(performance.now() - connection.dueAt);
    idle.push(connection);
    sendNext();
  }

  function sendNext() {
    while (idle.length > 0 && waiting.length > 0) {
      const connection = idle.pop();
      const number = waiting.shift();
      connection.dueAt = began + (number * 1000) / perSecond;
      connection.socket.write(requests[number % requests.length]);
    }
  }

  const timer = setInterval(() => {
    const until = ((performance.now() - began) * perSecond) / 1000;
    while (due < until) waiting.push(due++);
    sendNext();
  }, TICK_MS);

  return {
    /** How long the answers since the last call took, sorted, in milliseconds, and how many were none. */
    take() {
      const { took, failed } = taken;
      taken = { took: [], failed: 0 };
      return { took: took.toSorted((a, b) => a - b), failed };
    },
    stop() {
      clearInterval(timer);
      for (const { socket } of idle) socket.destroy();
    },
  };
}

function isComplete(answer) {
  const end = answer.indexOf(HEADERS_END);
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer.toString('latin1', 0, end));
  return answer.length >= end + HEADERS_END.length + Number(length?.[1] ?? 0);
}
