/** What a verification costs: reads of the store, and memory. What it says is in conformance.test.ts. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/index.js';
import { systemEntropy } from '../../src/internal/index.js';
import { mintToken } from '../../src/domain/token.js';
import { mistyped } from '../../src/testing/mistyped.js';
import { openHarness } from './harness.js';
import { countReads } from './counting-storage.js';

function unknownToken(): string {
  return mintToken('lk', 'live', (length) => systemEntropy.bytes(length)).reveal();
}

function codeOf(verdict: Verdict): Verdict['code'] {
  return verdict.code;
}

describe('a verification', () => {
  it('does no I/O when the key is in memory, and one read when it is not', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    await latchkey.verify(token);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    for (let i = 0; i < 100; i++) await latchkey.verify(token);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    await latchkey.close();
  });

  it('shares one read between all that ask for the same token at once', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => latchkey.verify(token)));
    expect(verdicts.every((verdict) => verdict.valid)).toBe(true);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    await latchkey.close();
  });

  it('refuses a token with a wrong checksum without touching the store', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    await latchkey.verify(mistyped(token));
    expect(reads.calls()).toEqual({});
    await latchkey.close();
  });

  it('keeps good keys in memory through a flood of unknown tokens, and reads a repeated one once', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap, cacheKeys: 4, cacheUnknown: 100 });
    const { token } = await issue();
    const repeated = unknownToken();
    await latchkey.verify(token);
    for (let i = 0; i < 1000; i++) await latchkey.verify(unknownToken());
    reads.reset();
    expect(codeOf(await latchkey.verify(token))).toBe('valid');
    expect(reads.calls()).toEqual({});
    for (let i = 0; i < 10; i++) expect(codeOf(await latchkey.verify(repeated))).toBe('not_found');
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    expect(latchkey.stats().cache.unknown).toBeLessThanOrEqual(100);
    await latchkey.close();
  });

  it('remembers an unknown token for its time and no longer', async () => {
    const reads = countReads();
    const { latchkey, clock } = await openHarness({ wrap: reads.wrap, unknownTtlMs: 5000 });
    const token = unknownToken();
    reads.reset();
    await latchkey.verify(token);
    await clock.advance(4999);
    await latchkey.verify(token);
    expect(reads.calls()['findByDigests']).toBe(1);
    await clock.advance(1);
    await latchkey.verify(token);
    expect(reads.calls()['findByDigests']).toBe(2);
    await latchkey.close();
  });

  it('holds no more keys in memory than its bound', async () => {
    const { latchkey, issue } = await openHarness({ cacheKeys: 10 });
    for (let i = 0; i < 50; i++) await latchkey.verify((await issue()).token);
    expect(latchkey.stats().cache.keys).toBeLessThanOrEqual(10);
    await latchkey.close();
  });
});
