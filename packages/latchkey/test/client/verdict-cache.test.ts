import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { VerifyRequest } from 'latchkey';
import { createClient } from 'latchkey/client';
import { expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';

/** Answers every question with a valid verdict that repeats the question. */
const echo: typeof globalThis.fetch = async (input, init) => {
  const question = (await new Request(input, init).json()) as object;
  const key = { id: 'key_a', name: 'k', owner: 'o', tier: null, environment: 'live', scopes: [], metadata: question, expiresAt: null };
  return Response.json({ valid: true, code: 'valid', key, secretId: 's', limits: [], credits: null, degraded: false });
};

// Few tokens and few texts, which run into each other where they are joined, or differ only behind a long beginning.
const long = 'a'.repeat(80);
const token = fc.constantFrom('a', 'a,a', `${long}x`, `${long}y`);
const text = fc.constantFrom('', 'a', ',', 'a,', ',a', 'a,a', '"', '","', `${long}x`, `${long}y`);
const request = fc.record(
  {
    environment: text,
    ip: text,
    userAgent: text,
    resource: text,
    scopes: fc.array(text, { maxLength: 3 }),
    anyScope: fc.array(text, { maxLength: 3 }),
    cost: fc.constant(1),
    odd: text,
  },
  { requiredKeys: [] },
);

it('no two questions share an entry, however alike: a long token, an empty field, the same text elsewhere', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(token, request), { minLength: 2, maxLength: 200, size: 'max' }), async (questions) => {
      const client = createClient({ url: 'http://service', fetch: echo, cache: { ttlMs: 60_000 }, credentials: 'omit' });
      for (const [presented, asked] of [...questions, ...questions]) {
        const { key } = await client.verify(presented, asked as VerifyRequest);
        expect(key?.metadata).toEqual({ ...asked, token: presented });
      }
    }),
    runs(30),
  );
});

it('a token is in memory no longer than its call', () => {
  const script = fileURLToPath(new URL('cache-heap-process.js', import.meta.url));
  const printed = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ repeated: true, controlFound: true, tokenFound: false });
});
