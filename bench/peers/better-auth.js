import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import Database from 'better-sqlite3';

/** The api-key plugin of better-auth on SQLite, which writes the key's row at every verification. */
export async function openBetterAuth({ keys, rateLimited }) {
  const rateLimit = { enabled: rateLimited, timeWindow: 86_400_000, maxRequests: 1_000_000_000 };
  const auth = betterAuth({
    database: new Database(':memory:'),
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
