/**
 * Heap for each key that a node holds, at a million of them: the key, what keys have in common being shared, as in life; and the
 * counter of its limit.
 */
import { createCredentialCache } from '../packages/latchkey/dist/engine/cache/credential-cache.js';
import { createCredentialMaker } from '../packages/latchkey/dist/engine/cache/cached-credential.js';
import { systemClock } from '../packages/latchkey/dist/engine/runtime/system.js';
import { cacheIndex } from '../packages/latchkey/dist/domain/credential-digest.js';
import { createMemoryLimiter } from '../packages/latchkey/dist/limiters/memory.js';

const KEYS = 1_000_000;
const DAILY = { name: 'daily', limit: 1_000, windowMs: 86_400_000, algorithm: 'fixed-window' };
/** A store that has nothing, and takes everything. */
const NOWHERE = { loadCounters: async () => [], saveCounters: async () => undefined, pruneCounters: async () => undefined };

const makeCredential = createCredentialMaker();
const cache = createCredentialCache(4 * KEYS);
const limiter = createMemoryLimiter({ counters: NOWHERE, clock: systemClock });
const owners = Array.from({ length: 1000 }, (_, i) => `owner-${i}`);

const empty = memory();
for (let i = 0; i < KEYS; i++) cache.put(cacheIndex(`token ${i}`), makeCredential(credential(i), 0));
const cached = memory();
report('a cached key', cached - empty, '≤ 350 bytes');
for (let i = 0; i < KEYS; i++) {
  const { id, owner } = cache.get(cacheIndex(`token ${i}`));
  await limiter.consume([{ subject: id, owner, limits: [DAILY] }], 1, Date.now());
}
await limiter.flush();
const counted = memory();
report('the counter of its limit', counted - cached, '≤ 100 bytes');
report('a key that is verified under a limit', counted - empty, '≤ 450 bytes');
if (cache.size !== KEYS || limiter.stats().subjects !== KEYS) throw new Error('Keys or counters were let go.');
await limiter.close();

/** Columns of numbers are outside the heap, and count as well. */
function memory() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function report(what, bytes, goal) {
  process.send({ what: `memory of ${what}, 1 000 000 of them`, subject: bytes / KEYS, unit: 'bytes', goal });
}

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
