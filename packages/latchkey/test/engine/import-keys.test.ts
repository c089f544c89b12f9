import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImportedSecret } from '../../src/engine/api/index.js';
import { openHarness } from './harness.js';

const pepper = { id: 'p1', secret: 'first-pepper-with-at-least-32-bytes!' };

describe('an import', () => {
  it('refuses the SHA-256 of a token that was imported before, also after its first use under a pepper', async () => {
    const { latchkey } = await openHarness({ peppers: [pepper] });
    const old = 'sk_live_an-old-token-of-theirs';
    const digest = createHash('sha256').update(old).digest('hex');
    const record = { name: 'old', owner: 'ada', secret: { scheme: 'sha256', digest, encoding: 'hex' } } as const;
    const [key] = await latchkey.keys.import([record]);
    expect((await latchkey.verify(old)).valid).toBe(true);
    await expect(latchkey.keys.import([{ ...record, owner: 'bob' }])).rejects.toMatchObject({ code: 'already_imported' });
    await latchkey.keys.revoke(key?.id ?? '');
    await expect(latchkey.keys.import([record])).rejects.toMatchObject({ code: 'already_imported' });
    expect(await latchkey.verify(old)).toMatchObject({ valid: false, code: 'revoked' });
    await latchkey.close();
  });

  it('refuses an encoded hash that was imported before: revoking one of two would leave the other', async () => {
    const { latchkey } = await openHarness();
    const record = { name: 'old', owner: 'ada', secret: bcrypt('10') };
    await latchkey.keys.import([record]);
    await expect(latchkey.keys.import([record])).rejects.toMatchObject({ code: 'already_imported' });
    await latchkey.close();
  });

  it.each(['sk_old_0123456789', 'line\nbreak', ''])('refuses a hint that could be a token, or no text to show: %j', async (hint) => {
    const { latchkey } = await openHarness();
    const secret: ImportedSecret = { scheme: 'sha256', digest: 'a'.repeat(64), encoding: 'hex', hint };
    await expect(latchkey.keys.import([{ name: 'old', owner: 'ada', secret }])).rejects.toMatchObject({
      issues: [{ pointer: '/0/secret/hint' }],
    });
    await latchkey.close();
  });

  it.each([
    ['/0/expiresAt', { expiresAt: '2026-01-01T00:00:00Z' }],
    ['/0/expiresIn', { expiresIn: 0 }],
    ['/0/notBefore', { expiresIn: '1h', notBefore: '2026-01-01T01:00:00Z' }],
  ])('refuses a record that could never be used, by its place: %s', async (pointer, period) => {
    const { latchkey } = await openHarness();
    const record = { name: 'old', owner: 'ada', secret: bcrypt('10'), ...period };
    await expect(latchkey.keys.import([record])).rejects.toMatchObject({ code: 'invalid_input', issues: [{ pointer }] });
    await latchkey.close();
  });

  const bcrypt = (cost: string): ImportedSecret => ({
    scheme: 'bcrypt',
    hash: `$2b$${cost}$${'a'.repeat(53)}`,
    lookup: { start: 'sk_live_' },
  });
  const argon2id = (costs: string): ImportedSecret => ({
    scheme: 'argon2id',
    hash: `$argon2id$v=19$${costs}$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    lookup: { end: 'wxyz' },
  });
  const lookup = (start: string): ImportedSecret => ({ scheme: 'bcrypt', hash: `$2b$10$${'a'.repeat(53)}`, lookup: { start } });

  it.each([
    ['bcrypt of cost 4', bcrypt('04'), null],
    ['bcrypt of cost 14', bcrypt('14'), null],
    ['bcrypt of cost 15', bcrypt('15'), 'cost of 4 to 14'],
    ['bcrypt of cost 3', bcrypt('03'), 'cost of 4 to 14'],
    ['bcrypt of cost 31', bcrypt('31'), 'cost of 4 to 14'],
    ['argon2id of 256 MiB', argon2id('m=262144,t=10,p=4'), null],
    ['argon2id of more memory', argon2id('m=262145,t=2,p=1'), 'm (KiB) of at most 262144'],
    ['argon2id of 9 digits of memory', argon2id('m=999999999,t=2,p=1'), 'm (KiB) of at most 262144'],
    ['argon2id of more passes', argon2id('m=19456,t=11,p=1'), 't of at most 10'],
    ['argon2id of more lanes', argon2id('m=19456,t=2,p=5'), 'p of at most 4'],
    ['argon2id without passes', argon2id('m=19456,t=0,p=1'), 't of at most 10'],
    ['a locator of 12 characters', lookup('sk_live_abcd'), null],
    ['a locator of 13 characters', lookup('sk_live_abcde'), '4 to 12'],
    ['no lookup', { scheme: 'bcrypt', hash: `$2b$10$${'a'.repeat(53)}` } as unknown as ImportedSecret, '4 to 12'],
    ['a locator of 3 characters', lookup('sk_'), '4 to 12'],
  ])('bounds what a look-up may cost, and says how: %s', async (_what, secret, message) => {
    const { latchkey } = await openHarness();
    const imported = latchkey.keys.import([{ name: 'old', owner: 'ada', secret }]);
    if (message === null) await expect(imported).resolves.toHaveLength(1);
    else await expect(imported).rejects.toMatchObject({ issues: [{ message: expect.stringContaining(message) as string }] });
    await latchkey.close();
  });
});
