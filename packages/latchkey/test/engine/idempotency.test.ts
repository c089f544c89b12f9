import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../src/index.js';
import { textDigest } from '../../src/domain/credential-digest.js';
import { databaseFile } from '../stores/temporary-database.js';
import { openHarness, reveal } from './harness.js';

const GUESSABLE = 'create:customer-1042:2026-11-29-and-no-random-part';
const ASKER = `admin\nadmin\n${GUESSABLE}`;
const by: CallContext = { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] }, idempotencyKey: GUESSABLE };
const first = { id: 'p1', secret: 'first-pepper-with-at-least-32-bytes!' };
const second = { id: 'p2', secret: 'second-pepper-with-at-least-32-bytes' };
const input = { name: 'CI', owner: 'ada' };

describe('idempotency: a repeated create', () => {
  it('tells two dates apart, and takes a Date and the text of its instant for the same request', async () => {
    const { latchkey } = await openHarness();
    const at = (year: number): Date => new Date(Date.UTC(year, 0, 1));
    const { key } = await latchkey.keys.create({ ...input, expiresAt: at(2090) }, by);
    const same = await latchkey.keys.create({ ...input, expiresAt: at(2090).toISOString() }, by);
    expect([same.key.id, same.replayed]).toEqual([key.id, true]);
    await expect(latchkey.keys.create({ ...input, expiresAt: at(2091) }, by)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await latchkey.close();
  });

  it('without a pepper, keeps its token from everyone but the process that issued it, idempotency key known or not', async () => {
    const file = await databaseFile();
    const issuer = await openHarness({ file });
    const { key, token } = await issuer.latchkey.keys.create(input, by);
    expect(reveal((await issuer.latchkey.keys.create(input, by)).token)).toBe(reveal(token));
    await issuer.latchkey.close();

    const thief = await openHarness({ file, seed: 2 });
    const again = await thief.latchkey.keys.create(input, by);
    expect([again.key.id, again.token, again.replayed]).toEqual([key.id, null, true]);
    await thief.latchkey.close();
  });

  it('with a pepper, shows its token again on every node and after a restart, under the pepper that it was noted with', async () => {
    const file = await databaseFile();
    const issuer = await openHarness({ file, peppers: [first] });
    const { key, token } = await issuer.latchkey.keys.create(input, by);
    await issuer.latchkey.close();
    for (const [seed, peppers] of [[first], [second, first]].entries()) {
      const node = await openHarness({ file, peppers, seed: seed + 2 });
      const again = await node.latchkey.keys.create(input, by);
      expect([again.key.id, reveal(again.token), again.replayed]).toEqual([key.id, reveal(token), true]);
      await node.latchkey.close();
    }
  });

  it('with a pepper, is noted under a keyed digest: who guesses the idempotency key cannot find it in the database', async () => {
    const { latchkey, storage, clock } = await openHarness({ peppers: [first] });
    await latchkey.keys.create(input, by);
    const found = await storage.keys.change((change) => change.idempotency.find(textDigest(ASKER), clock.now()));
    expect(found).toBeNull();
    await latchkey.close();
  });

  it('repeated create: noted before the first pepper was configured, it is still one creation', async () => {
    const file = await databaseFile();
    const before = await openHarness({ file });
    const { key } = await before.latchkey.keys.create(input, by);
    await before.latchkey.close();
    const after = await openHarness({ file, peppers: [first], seed: 2 });
    expect(await after.latchkey.keys.create(input, by)).toMatchObject({ key: { id: key.id }, token: null, replayed: true });
    await after.latchkey.close();
  });
});
