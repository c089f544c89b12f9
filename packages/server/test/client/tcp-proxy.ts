import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  readonly url: string;
  /** Connections that were ever made to it. */
  readonly connections: readonly Socket[];
  /** Cuts the connection over which the next bytes come: of a request, before they reach the service, or of an answer. */
  cutNext(what: 'request' | 'answer'): void;
}

/** What stands between a client and a service, sees the connections, and can cut one under a request. */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const { port, hostname } = new URL(target);
  const connections: Socket[] = [];
  let cutting: 'request' | 'answer' | null = null;
  const server = createServer((socket) => {
    connections.push(socket);
    const upstream = connect(Number(port), hostname);
    const pass = (what: 'request' | 'answer', to: Socket) => (bytes: Buffer) => {
      if (cutting !== what) return void to.write(bytes);
      cutting = null;
      socket.resetAndDestroy();
    };
    socket.on('data', pass('request', upstream));
    upstream.on('data', pass('answer', socket));
    socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    cutNext(what) {
      cutting = what;
    },
  };
}
