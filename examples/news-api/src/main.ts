import type { AddressInfo } from 'node:net';
import { createLatchkey } from 'latchkey';
import { createApp } from './app.js';
import { openArticles } from './articles.js';
import { TIERS } from './tiers.js';

const { ADMIN_API_KEY, HOST = '127.0.0.1', PORT = '3000' } = process.env;

const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'news', tiers: TIERS });
const articles = openArticles('./news.db');
const app = createApp({ latchkey, articles, adminKey: ADMIN_API_KEY });

const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  console.log(`The news API listens on http://${HOST}:${(server.address() as AddressInfo).port}`);
});

/** Answers what is under way, then makes counters and usage durable. */
async function stop(): Promise<void> {
  // A connection that is kept alive is let go as soon as it has been answered; what takes too long is cut off.
  server.keepAliveTimeout = 1;
  setTimeout(() => server.closeAllConnections(), 10_000).unref();
  await new Promise((resolve) => server.close(resolve));
  await latchkey.close();
  articles.close();
  console.log('Stopped.');
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
