import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { createLatchkey } from 'latchkey';
import { readAccounts } from './accounts.js';
import { createApp } from './app.js';
import { ENVIRONMENTS, readEnvironment } from './environments.js';
import { applyPlans, PLANS } from './plans.js';

const { ACCOUNTS, APP_ENV, HOST = '127.0.0.1', PORT = '3000' } = process.env;
const accounts = readAccounts(ACCOUNTS);
const environment = readEnvironment(APP_ENV);

const latchkey = await createLatchkey({
  database: 'file:./latchkey.db',
  prefix: 'acme',
  // Keys may be of all three, and this process takes those of its own alone.
  environments: ENVIRONMENTS,
  environment,
  tiers: PLANS,
});
await applyPlans(latchkey, accounts.values());

const app = createApp({ latchkey, accounts, environment });
// Unless it is told otherwise, `serve` makes a server of node:http.
const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ port }) => {
  console.log(`The ${environment} API listens on http://${HOST}:${port}`);
}) as Server;

/** Answers what is under way, then makes counters and usage durable. */
async function stop(): Promise<void> {
  // A connection that is kept alive is let go as soon as it has been answered; what takes too long is cut off.
  server.keepAliveTimeout = 1;
  setTimeout(() => server.closeAllConnections(), 10_000).unref();
  await new Promise((resolve) => server.close(resolve));
  await latchkey.close();
  console.log('Stopped.');
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
