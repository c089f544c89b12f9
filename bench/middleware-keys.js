import { createLatchkey } from 'latchkey';

/** An engine with one key, which has one limit in memory. */
export async function openKeys() {
  const latchkey = await createLatchkey({ database: ':memory:' });
  const { token } = await latchkey.keys.create({
    name: 'bench',
    owner: 'bench',
    scopes: ['articles:read'],
    limits: [{ name: 'daily', limit: 1_000_000_000, window: '1d' }],
  });
  return { latchkey, token: token.reveal() };
}
