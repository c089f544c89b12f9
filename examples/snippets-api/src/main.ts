import { createLatchkey } from 'latchkey';
import { createApp } from './app.js';
import { readJwtSecret } from './jwt-settings.js';
import { openSnippets } from './snippets.js';

const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const jwtSecret = readJwtSecret();

const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'snip', environments: ['live'] });
const snippets = openSnippets('./snippets.db');
const app = createApp({ latchkey, snippets, jwtSecret });

// Once everything under way has been answered.
app.addHook('onClose', async () => {
  await latchkey.close();
  snippets.close();
});

function stop(): void {
  // A connection that is kept alive is let go as soon as it has been answered; what takes too long is cut off.
  app.server.keepAliveTimeout = 1;
  setTimeout(() => app.server.closeAllConnections(), 10_000).unref();
  void app.close();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

await app.listen({ host: HOST, port: Number(PORT), listenTextResolver: (address) => `The snippets API listens on ${address}` });
