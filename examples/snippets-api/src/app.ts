import { randomUUID } from 'node:crypto';
import { fastify, type FastifyInstance } from 'fastify';
import type { Latchkey } from 'latchkey';
import { authenticate } from 'latchkey/fastify';
import { createJwtVerifier } from 'latchkey/jwt';
import { auditRoutes } from './audit-routes.js';
import { JWT } from './jwt-settings.js';
import { keyRoutes } from './key-routes.js';
import { answerError, noSuchRoute } from './problems.js';
import { snippetRoutes } from './snippet-routes.js';
import type { Snippets } from './snippets.js';

export interface Parts {
  readonly latchkey: Latchkey;
  readonly snippets: Snippets;
  readonly jwtSecret: string;
}

/** How much each API key may ask in any hour. Users are not limited. */
const LIMITS = [{ name: 'hourly', limit: 100, window: '1h', algorithm: 'sliding-window' }] as const;

export function createApp({ latchkey, snippets, jwtSecret }: Parts): FastifyInstance {
  const app = fastify({
    bodyLimit: 65_536,
    genReqId: () => randomUUID(),
    // The path alone: a query is where people put what should not be in a log.
    logger: { serializers: { req: ({ method, url, ip }) => ({ method, path: url.split('?', 1)[0], ip }) } },
    // What is sent is taken as it is, or refused: nothing is converted, and nothing is left out in silence.
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(noSuchRoute);

  const jwt = createJwtVerifier({ secret: jwtSecret, issuer: JWT.issuer, audience: JWT.audience, algorithms: [JWT.algorithm] });
  app.register(
    async (api) => {
      api.addHook('onRequest', authenticate(latchkey, { jwt, limits: LIMITS }));
      await api.register(snippetRoutes(snippets));
      await api.register(keyRoutes(latchkey));
      await api.register(auditRoutes(latchkey));
    },
    { prefix: '/api' },
  );
  return app;
}
