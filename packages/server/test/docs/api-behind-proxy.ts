/** An API that stands behind a proxy and keeps what reaches it, and a caller who sends exactly what a test says. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Agent, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Callers do not have the proxy's own address. */
export const CALLER = '127.0.0.9';

/** RFC 6455, section 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What reached the API. */
export interface Reached {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly rawTrailers: readonly string[];
  readonly body: string;
}

export interface RecordingApi {
  readonly port: number;
  /** In the order in which they came. */
  readonly reached: readonly Reached[];
  /** Connections since the start. */
  readonly connections: number;
  close(): void;
}

export async function startApi(): Promise<RecordingApi> {
  const reached: Reached[] = [];
  const sockets = new Set<Socket>();
  const keep = ({ method = '', url = '', rawHeaders, rawTrailers }: IncomingMessage, body: string): void =>
    void reached.push({ method, target: url, rawHeaders, rawTrailers, body });
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      keep(incoming, body);
      outgoing.end('from the API');
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  // The API echoes everything that follows the upgrade.
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    keep(incoming, '');
    socket.on('error', () => undefined);
    const accept = createHash('sha1')
      .update(`${String(incoming.headers['sec-websocket-key'])}${WEBSOCKET_GUID}`)
      .digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Accept: ${accept}`];
    socket.write([...lines, '', ''].join('\r\n'));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    reached,
    get connections() {
      return sockets.size;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  /** Names and values in turn, sent as they are. */
  readonly headers?: readonly string[];
  /** Sent in chunks where there are trailers. */
  readonly body?: string;
  readonly trailers?: readonly [string, string][];
  readonly agent?: Agent;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends one request to a proxy, and gives the answer; for a 101, with what came back for `ping`. */
export async function send(port: number, sent: Sent): Promise<Got> {
  const { method = 'GET', target = '/articles/1', headers = [], body, trailers, agent } = sent;
  return new Promise((resolve, reject) => {
    const length = body === undefined || trailers !== undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const chunked = trailers === undefined ? [] : ['Transfer-Encoding', 'chunked', 'Trailer', trailers.map(([name]) => name).join(', ')];
    const outgoing = request({
      host: '127.0.0.1',
      port,
      localAddress: CALLER,
      path: target,
      method,
      agent: agent ?? false,
      headers: ['Host', 'api.example', ...length, ...chunked, ...headers],
    });
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.on('upgrade', (incoming, socket: Socket) => {
      socket
        .on('error', reject)
        .setEncoding('utf8')
        .once('data', (echoed: string) => {
          socket.destroy();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: echoed });
        });
      socket.write('ping');
    });
    outgoing.on('error', reject);
    if (trailers !== undefined) outgoing.addTrailers(trailers);
    outgoing.end(body);
  });
}

/** Every header whose name reads as `name` to a server that knows no case and takes `_`, `.` and `-` for the same. */
export function valuesOf({ rawHeaders }: Pick<Reached, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && folded(rawHeaders[index - 1] ?? '') === folded(name));
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
}
