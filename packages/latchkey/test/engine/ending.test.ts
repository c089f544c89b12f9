import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError } from '../../src/domain/errors.js';
import { toIso } from '../../src/domain/time.js';
import { openHarness } from './harness.js';

describe('retiring a secret', () => {
  it('ends an old token at once, once, and says so in the log', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const old = await issue();
    const rotated = await latchkey.keys.rotate(old.id, { grace: '1h' });
    expect((await latchkey.verify(old.token)).valid).toBe(true);
    const { key } = await latchkey.keys.retireSecret(old.id, old.secretId);
    expect(key.secrets.map(({ id, validUntil }) => [id === old.secretId, validUntil])).toEqual([
      [false, null],
      [true, toIso(clock.now())],
    ]);
    expect((await latchkey.verify(old.token)).code).toBe('revoked');
    expect((await latchkey.verify(rotated.token)).valid).toBe(true);
    // A clock that is set back brings nothing back.
    clock.set(clock.now() - 1_000);
    expect((await latchkey.verify(old.token)).code).toBe('revoked');
    await latchkey.keys.retireSecret(old.id, old.secretId);
    const { data } = await latchkey.events.list({ action: 'key.secret_retired' });
    expect(data).toMatchObject([{ target: { id: old.id }, owner: 'ada', after: { secret: { id: old.secretId } } }]);
    await latchkey.close();
  });

  it('is refused for the current secret, and finds none of another key', async () => {
    const { latchkey, issue } = await openHarness();
    const [one, other] = [await issue(), await issue()];
    await expect(latchkey.keys.retireSecret(one.id, one.secretId)).rejects.toMatchObject({ code: 'current_secret' });
    await expect(latchkey.keys.retireSecret(one.id, one.secretId)).rejects.toBeInstanceOf(ConflictError);
    await expect(latchkey.keys.retireSecret(one.id, other.secretId)).rejects.toMatchObject({ resource: 'secret' });
    await expect(latchkey.keys.retireSecret('key_none', other.secretId)).rejects.toMatchObject({ resource: 'key' });
    expect((await latchkey.verify(other.token)).valid).toBe(true);
    await latchkey.close();
  });
});

describe('revoking many keys', () => {
  it('revokes those that can be, says what became of each, and no token is good when it answers', async () => {
    const { latchkey, issue } = await openHarness();
    const keys = [await issue(), await issue(), await issue()];
    const [first, second, third] = keys.map(({ id }) => id);
    for (const { token } of keys) await latchkey.verify(token);
    await latchkey.keys.revoke(second ?? '');
    const ids = [first, 'key_none', second, third, first].map((id) => id ?? '');
    const { results } = await latchkey.keys.revokeMany({ ids, reason: 'unused' });
    expect(results).toEqual([
      { id: first, revoked: true },
      { id: 'key_none', revoked: false, code: 'not_found' },
      { id: second, revoked: false, code: 'already_revoked' },
      { id: third, revoked: true },
      { id: first, revoked: false, code: 'already_revoked' },
    ]);
    for (const { token } of keys) expect((await latchkey.verify(token)).code).toBe('revoked');
    const { data } = await latchkey.events.list({ action: 'key.revoked', order: 'oldest' });
    expect(data.map(({ target, reason }) => [target.id, reason])).toEqual([
      [second, null],
      [first, 'unused'],
      [third, 'unused'],
    ]);
    await latchkey.close();
  });

  it('takes 1 to 100 ids', async () => {
    const { latchkey } = await openHarness();
    for (const ids of [[], Array.from({ length: 101 }, () => 'key_a'), ['not an id']]) {
      await expect(latchkey.keys.revokeMany({ ids })).rejects.toBeInstanceOf(InvalidInputError);
    }
    await latchkey.close();
  });
});
