/**
 * Services that test files share: the first file that asks starts one, and it ends with the run. The run's main process
 * listens on a port of its own, and answers with how a service is reached.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../packed.js';
import { serveBrowser } from './browser.js';
import { startPostgres } from './postgres.js';

export interface OnDemand {
  /**
   * What the tests ask: `GET /postgres` answers with a port, `GET /browser` with an address, `GET /packed-library` with what `pack`
   * returns, as JSON; 500 says why it could not be started.
   */
  readonly url: string;
  close(): Promise<void>;
}

interface Started {
  readonly reachedBy: string;
  end(): Promise<void>;
}

const STARTS: Readonly<Record<string, () => Promise<Started>>> = {
  async postgres() {
    const server = await startPostgres();
    return { reachedBy: String(server.port), end: () => server.dispose() };
  },
  async browser() {
    const server = await serveBrowser();
    return { reachedBy: server.wsEndpoint(), end: () => server.close() };
  },
  async 'packed-library'() {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-packed-'));
    const end = async (): Promise<void> => rm(folder, { recursive: true, force: true });
    return { reachedBy: JSON.stringify(pack(folder, ['latchkey'])), end };
  },
};

export async function serveOnDemand(): Promise<OnDemand> {
  const started = new Map<string, Promise<Started>>();
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const start = STARTS[name];
    if (start === undefined) {
      response.writeHead(404).end(`There is no service ${name}.`);
      return;
    }
    const service = started.get(name) ?? start();
    started.set(name, service);
    service.then(
      ({ reachedBy }) => response.end(reachedBy),
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
      await Promise.all([...started.values()].map(async (service) => (await service.catch(() => null))?.end()));
    },
  };
}
