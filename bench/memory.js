/** Heap for each cached key, at a million of them; what keys have in common is shared, as in life. */
import { createCredentialCache } from '../packages/latchkey/dist/engine/credential-cache.js';
import { createCredentialMaker } from '../packages/latchkey/dist/engine/cached-credential.js';
import { cacheIndex } from '../packages/latchkey/dist/domain/credential-digest.js';

const KEYS = 1_000_000;
const makeCredential = createCredentialMaker();
const cache = createCredentialCache(4 * KEYS);
const owners = Array.from({ length: 1000 }, (_, i) => `owner-${i}`);

globalThis.gc();
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < KEYS; i++) cache.put(cacheIndex(`token ${i}`), makeCredential(credential(i), 0));
globalThis.gc();
process.send({
  what: 'heap of a cached key, 1 000 000 of them',
  subject: (process.memoryUsage().heapUsed - before) / KEYS,
  unit: 'bytes',
  goal: '≤ 350 bytes',
});
if (cache.size !== KEYS) throw new Error('The cache let keys go.');

function credential(i) {
  // Flat copies, as a database driver gives them: a concatenation would hold on to its parts.
  const text = (value) => Buffer.from(value).toString('latin1');
  const key = {
    id: text(`key_${String(i).padStart(16, '0')}`),
    name: text(`Production ${i}`),
    owner: owners[i % owners.length],
    tier: 'free',
    environment: 'live',
    scopes: ['articles:read'],
    notBefore: null,
    expiresAt: null,
    disabledAt: null,
    revokedAt: null,
    ipRules: [],
    limits: [],
    metadata: {},
  };
  const secret = { id: text(`sec_${String(i).padStart(16, '0')}`), validUntil: null };
  return { key, secret, ownerSuspendedAt: null, ownerLimits: [], tierLimits: [], hasCredits: false };
}
