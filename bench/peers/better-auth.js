import { apiKey } from '@better-auth/api-key';
import { NodeSqliteDialect } from '@better-auth/kysely-adapter/node-sqlite-dialect';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { loadDriver } from '../../packages/latchkey/src/stores/sqlite/driver.js';

/**
 * Opens the api-key plugin of better-auth on SQLite. The plugin writes the row of the key at every
 * verification. better-auth recognizes only the `DatabaseSync` of `node:sqlite`. The explicit
 * dialect makes it accept the `DatabaseSync` of the package too.
 */
export async function openBetterAuth({ keys, rateLimited }) {
  const DatabaseSync = await loadDriver();
  const dialect = new NodeSqliteDialect({ database: new DatabaseSync(':memory:') });
  const rateLimit = { enabled: rateLimited, timeWindow: 86_400_000, maxRequests: 1_000_000_000 };
  const auth = betterAuth({
    database: { dialect, type: 'sqlite', transaction: true },
    secret: 'a-secret-of-this-measurement-alone-0123456789',
    baseURL: 'http://127.0.0.1',
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [apiKey({ rateLimit })],
  });
  await (await getMigrations(auth.options)).runMigrations();
  const { user } = await auth.api.signUpEmail({ body: { name: 'bench', email: 'bench@example.com', password: 'a long password' } });
  const issued = [];
  for (let i = 0; i < keys; i++) issued.push((await auth.api.createApiKey({ body: { name: `key ${i}`, userId: user.id } })).key);
  return { tokens: issued, verify: async (key) => (await auth.api.verifyApiKey({ body: { key } })).valid };
}
