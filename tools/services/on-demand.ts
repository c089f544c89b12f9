/**
 * Services that test files share: started by the first that asks, ended with the run. The run's main process listens on a
 * port of its own, and answers with what a service is reached by.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startPostgres, type PostgresServer } from './postgres.js';

export interface OnDemand {
  /** What the tests ask; `GET /postgres` answers with its port, or 500 and why it could not be started. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serveOnDemand(): Promise<OnDemand> {
  let postgres: Promise<PostgresServer> | null = null;
  const server = createServer((request, response) => {
    if (request.url !== '/postgres') {
      response.writeHead(404).end();
      return;
    }
    postgres ??= startPostgres();
    postgres.then(
      ({ port }) => response.end(String(port)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '',
    async close() {
      server.close();
      server.closeAllConnections();
      await (await postgres?.catch(() => null))?.dispose();
    },
  };
}
