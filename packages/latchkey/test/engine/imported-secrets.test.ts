import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/index.js';
import { countReads } from './counting-storage.js';
import { openHarness } from './harness.js';

function codeOf(verdict: Verdict): Verdict['code'] {
  return verdict.code;
}

describe('imported secrets', () => {
  it('as SHA-256 open with the old token, by one read of the index', async () => {
    const { latchkey } = await openHarness();
    const old = 'sk_old_abcdef0123456789';
    expect(codeOf(await latchkey.verify(old))).toBe('malformed');
    const digest = createHash('sha256').update(old).digest('base64url');
    const [key] = await latchkey.keys.import([
      { name: 'old', owner: 'ada', secret: { scheme: 'sha256', digest, encoding: 'base64url', hint: 'sk_old_…6789' } },
    ]);
    expect(await latchkey.verify(old)).toMatchObject({ valid: true, key: { id: key?.id } });
    expect(codeOf(await latchkey.verify(`${old}x`))).toBe('not_found');
    await latchkey.close();
  });

  it.each(['bcrypt', 'argon2id'] as const)('as %s open with the old token, and are rewritten as SHA-256 at first use', async (scheme) => {
    const old = 'sk_live_abcdef0123456789';
    const hash =
      scheme === 'bcrypt'
        ? await (await import('@node-rs/bcrypt')).hash(old, { cost: 4 })
        : await (await import('@node-rs/argon2')).hash(old);
    const reads = countReads();
    const { latchkey } = await openHarness({ wrap: reads.wrap });
    const [key] = await latchkey.keys.import([{ name: 'old', owner: 'ada', secret: { scheme, hash, lookup: { start: 'sk_live_abcd' } } }]);
    expect(codeOf(await latchkey.verify('sk_live_abcdXXXXXXXXXXXX'))).toBe('not_found');
    expect(codeOf(await latchkey.verify('sk_live_zzzzXXXXXXXXXXXX'))).toBe('not_found');
    const uses = await Promise.all([latchkey.verify(old), latchkey.verify(old), latchkey.verify(old)]);
    expect(uses.every((verdict) => verdict.valid)).toBe(true);
    const events = await latchkey.events.list({ key: key?.id ?? '', order: 'oldest' });
    expect(events.data.map((event) => event.action)).toEqual(['key.imported', 'key.secret_upgraded']);
    reads.reset();
    expect(codeOf(await latchkey.verify(old))).toBe('valid');
    expect(reads.calls()['findByLocators']).toBeUndefined();
    await latchkey.close();
  });

  it('as bcrypt never open with a longer token that begins with the same 72 bytes', async () => {
    const old = 'k'.repeat(72);
    const hash = await (await import('@node-rs/bcrypt')).hash(old, { cost: 4 });
    const { latchkey } = await openHarness();
    await latchkey.keys.import([{ name: 'old', owner: 'ada', secret: { scheme: 'bcrypt', hash, lookup: { start: 'kkkk' } } }]);
    expect(codeOf(await latchkey.verify(`${old}anything`))).toBe('not_found');
    expect(codeOf(await latchkey.verify(old))).toBe('valid');
    await latchkey.close();
  });
});
