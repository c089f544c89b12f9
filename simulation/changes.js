// @ts-check
/**
 * What takes authority away: each as a call to an engine, and the question to which the answer is no from then on.
 *
 * @typedef {import('../packages/latchkey/dist/index.js').Latchkey} Latchkey
 * @typedef {{ id: string, owner: string, token: string }} Key
 * @typedef {{ scopes?: readonly string[], ip?: string }} Question
 * @typedef {{ name: string, make: (latchkey: Latchkey, key: Key) => Promise<unknown>, question: Question }} TakingAway
 */

/** @type {readonly TakingAway[]} */
export const CHANGES = [
  { name: 'revoke', make: (latchkey, { id }) => latchkey.keys.revoke(id), question: {} },
  { name: 'disable', make: (latchkey, { id }) => latchkey.keys.disable(id), question: {} },
  { name: 'suspend', make: (latchkey, { owner }) => latchkey.owners.suspend(owner), question: {} },
  { name: 'revoke all', make: (latchkey, { owner }) => latchkey.owners.revokeAll(owner), question: {} },
  {
    name: 'take a scope away',
    make: (latchkey, { id }) => latchkey.keys.update(id, { scopes: ['articles:read'] }),
    question: { scopes: ['articles:write'] },
  },
  {
    name: 'narrow the addresses',
    make: (latchkey, { id }) => latchkey.keys.update(id, { ipRules: ['10.0.0.0/8'] }),
    question: { ip: '192.0.2.1' },
  },
];
