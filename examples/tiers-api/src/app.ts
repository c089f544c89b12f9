import { Hono } from 'hono';
import type { Latchkey } from 'latchkey';
import { requireApiKey } from 'latchkey/hono';
import type { Accounts } from './accounts.js';
import { addressOf } from './address.js';
import type { Environment } from './environments.js';
import { keyRoutes } from './key-routes.js';
import { MEASUREMENTS } from './measurements.js';
import { answerError, Problem } from './problems.js';

export interface Parts {
  readonly latchkey: Latchkey;
  readonly accounts: Accounts;
  readonly environment: Environment;
}

export function createApp({ latchkey, accounts, environment }: Parts): Hono {
  const app = new Hono();
  app.onError(answerError);
  app.notFound(() => answerError(new Problem(404, 'There is no such route')));

  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    // The path alone: this API takes keys in the query, and a log is no place for them.
    console.log(`${c.req.method} ${c.req.path} ${c.res.status}`);
  });

  app.route('/api-keys', keyRoutes({ latchkey, accounts, environment }));

  const guard = {
    // For programs that can send a URL and nothing else. Others send Authorization: Bearer, or X-API-Key.
    credentials: { allowQuery: true },
    address: addressOf,
  };

  // It costs nothing: only /data counts against the plan.
  app.get('/protected', requireApiKey(latchkey, { ...guard, cost: 0 }), (c) => {
    const { owner, name } = c.get('latchkey').key;
    return c.json({ message: `Hello ${owner}`, key_name: name });
  });

  app.get('/data', requireApiKey(latchkey, guard), (c) => {
    return c.json({ plan: c.get('latchkey').key.tier, data: MEASUREMENTS });
  });

  return app;
}
