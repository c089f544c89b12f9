/** Verifies a token through a client with a cache, and looks for it in the heap. A process of its own, for its heap is small. */
import { randomBytes } from 'node:crypto';
import { getHeapSnapshot } from 'node:v8';
import { createClient } from '../../dist/client/index.js';

// As numbers, so that the text of it is made anew each time that it is needed, and is nobody's afterwards.
const codes = [...randomBytes(40)].map((byte) => 97 + (byte % 26));
const tokenText = () => String.fromCharCode(...codes);
const owner = `owner-${randomBytes(8).toString('hex')}`;

const answer = JSON.stringify({
  valid: true,
  code: 'valid',
  key: { id: 'key_a', name: 'k', owner, tier: null, environment: 'live', scopes: [], metadata: {}, expiresAt: null },
  secretId: 's',
  limits: [],
  credits: null,
  degraded: false,
});
const client = createClient({
  url: 'http://service',
  fetch: async () => new Response(answer),
  cache: { ttlMs: 60_000 },
  credentials: 'omit',
});
await client.verify(tokenText());
const repeated = (await client.verify(tokenText())).cachedForMs !== undefined;

globalThis.gc?.();
/** @type {Uint8Array[]} */
const pieces = [];
for await (const piece of getHeapSnapshot()) pieces.push(/** @type {Uint8Array} */ (piece));
const heap = Buffer.concat(pieces).toString('latin1');
// The client is used once more, so that all of it was alive.
await client.verify(tokenText());
process.stdout.write(JSON.stringify({ repeated, controlFound: heap.includes(owner), tokenFound: heap.includes(tokenText()) }));
