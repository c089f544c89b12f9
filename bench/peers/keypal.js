import { createKeys } from 'keypal';

/** keypal in memory, without its cache, with which it is slower. It has no limits. */
export async function openKeypal({ keys }) {
  const manager = createKeys({ prefix: 'sk_', cache: false });
  const tokens = [];
  for (let i = 0; i < keys; i++) tokens.push((await manager.create({ ownerId: 'bench', name: `key ${i}` })).key);
  return { tokens, verify: async (key) => (await manager.verify(key)).valid };
}
