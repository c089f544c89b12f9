import express, { type Express } from 'express';
import type { Latchkey } from 'latchkey';
import { requireApiKey } from 'latchkey/express';
import { adminRoutes } from './admin-routes.js';
import { articleRoutes } from './article-routes.js';
import type { Articles } from './articles.js';
import { answerErrors, Problem } from './problems.js';

export interface Parts {
  readonly latchkey: Latchkey;
  readonly articles: Articles;
  readonly adminKey: string | undefined;
}

export function createApp({ latchkey, articles, adminKey }: Parts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use('/admin/api-keys', adminRoutes(latchkey, adminKey));
  app.use('/articles', requireApiKey(latchkey), articleRoutes(articles));
  app.use(() => {
    throw new Problem(404, 'There is no such route');
  });
  app.use(answerErrors);
  return app;
}
