import { describe, expect, it } from 'vitest';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { createTestClock } from '../../src/testing/test-clock.js';
import { createSteadyClock } from '../../src/engine/runtime/steady-clock.js';
import { openHarness, reveal } from './harness.js';

const MINUTE = 60_000;

describe('a change that had to wait for its turn', () => {
  it('is judged by the instant at which it is made: what expired meanwhile is not brought back', async () => {
    let faulty: FaultyStorage | undefined;
    const { latchkey, issue, clock } = await openHarness({
      wrap: (storage) => {
        faulty = createFaultyStorage(storage);
        return faulty.storage;
      },
    });
    const { id, token } = await issue({ expiresIn: 1000 });
    await clock.advance(999);
    const gate = faulty?.gate('keys.change', 'before');
    const update = latchkey.keys.update(id, { expiresIn: '1y' });
    await gate?.reached;
    await clock.advance(1);
    gate?.release();
    await expect(update).rejects.toMatchObject({ code: 'key_expired' });
    expect((await latchkey.verify(token)).code).toBe('expired');
    await latchkey.close();
  });

  it('refuses an expiry that passed while it waited, and leaves the key as it was', async () => {
    let faulty: FaultyStorage | undefined;
    const { latchkey, issue, clock } = await openHarness({
      wrap: (storage) => {
        faulty = createFaultyStorage(storage);
        return faulty.storage;
      },
    });
    const { id, token } = await issue();
    const gate = faulty?.gate('keys.change', 'before');
    const update = latchkey.keys.update(id, { expiresAt: new Date(clock.now() + 1).toISOString() });
    await gate?.reached;
    await clock.advance(1);
    gate?.release();
    await expect(update).rejects.toMatchObject({ code: 'invalid_input', issues: [{ pointer: '/expiresAt' }] });
    expect((await latchkey.keys.get(id)).expiresAt).toBeNull();
    expect((await latchkey.verify(token)).code).toBe('valid');
    await latchkey.close();
  });
});

describe('a wall clock that is set back', () => {
  it.each([1, 1000, 9 * MINUTE])('by %d ms begins nothing again that had ended', async (backMs) => {
    const { latchkey, issue, clock } = await openHarness();
    const [rotated, expired] = [await issue(), await issue({ expiresIn: 1000 })];
    await clock.advance(1000);
    const next = reveal((await latchkey.keys.rotate(rotated.id)).token);
    expect((await latchkey.verify(expired.token)).code).toBe('expired');
    clock.set(clock.now() - backMs);
    expect((await latchkey.verify(rotated.token)).code).toBe('revoked');
    expect((await latchkey.verify(expired.token)).code).toBe('expired');
    expect((await latchkey.verify(next)).code).toBe('valid');
    await latchkey.close();
  });

  it('by years does not bring back a token that a rotation ended at once, in memory or read again', async () => {
    const { latchkey, issue, clock } = await openHarness({ cacheKeys: 2 });
    const { id, token } = await issue();
    await latchkey.keys.rotate(id);
    clock.set(clock.now() - 3 * 365 * 24 * 60 * MINUTE);
    for (let i = 0; i < 3; i++) {
      expect((await latchkey.verify(token)).code).toBe('revoked');
      for (let j = 0; j < 4; j++) await latchkey.verify((await issue()).token);
    }
    await latchkey.close();
  });

  it('stands still for a little, and is believed after a correction that is no little', () => {
    const real = createTestClock();
    const start = real.now();
    const clock = createSteadyClock(real, start + 5 * MINUTE);
    expect(clock.now()).toBe(start + 5 * MINUTE);
    real.set(start + 6 * MINUTE);
    expect(clock.now()).toBe(start + 6 * MINUTE);
    real.set(start - 60 * MINUTE);
    expect(clock.now()).toBe(start - 60 * MINUTE);
  });
});

describe('a verification that waits for credits while its authority is taken away', () => {
  it('is refused, and consumes neither credits nor limits', async () => {
    let faulty: FaultyStorage | undefined;
    const { latchkey, issue } = await openHarness({
      wrap: (storage) => {
        faulty = createFaultyStorage(storage);
        return faulty.storage;
      },
    });
    const { id, token } = await issue({ credits: { remaining: 5 }, limits: [{ name: 'l', limit: 5, window: '1h' }] });
    await latchkey.verify(token);
    const gate = faulty?.gate('credits.spend', 'after');
    const verdict = latchkey.verify(token);
    await gate?.reached;
    await latchkey.keys.disable(id);
    gate?.release();
    expect((await verdict).code).toBe('disabled');
    await latchkey.keys.enable(id);
    const after = await latchkey.verify(token);
    expect(after.valid && [after.credits, after.limits[0]?.remaining]).toEqual([3, 3]);
    await latchkey.close();
  });
});

describe('closing', () => {
  it('lets the database go even where the last figures could not be written', async () => {
    let faulty: FaultyStorage | undefined;
    let closed = false;
    const { latchkey, issue } = await openHarness({
      wrap: (storage) => {
        faulty = createFaultyStorage({
          ...storage,
          check: () => storage.check(),
          close: () => storage.close().then(() => void (closed = true)),
        });
        return faulty.storage;
      },
    });
    const { token } = await issue({ limits: [{ name: 'l', limit: 5, window: '1h' }] });
    await latchkey.verify(token);
    faulty?.breakDown();
    await expect(latchkey.close()).rejects.toMatchObject({ code: 'unavailable' });
    expect(closed).toBe(true);
  });
});

describe('a budget of credits', () => {
  it('is not made by a change that does not say how much', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue();
    await expect(latchkey.keys.update(id, { credits: {} })).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await latchkey.verify(token)).code).toBe('valid');
    await latchkey.close();
  });
});

describe('a key that is rotated again and again', () => {
  it('shows its current secret and the newest before it', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id } = await issue();
    for (let i = 0; i < 30; i++) {
      await clock.advance(1);
      await latchkey.keys.rotate(id);
    }
    const { secrets } = await latchkey.keys.get(id);
    expect(secrets).toHaveLength(10);
    expect(secrets[0]?.validUntil).toBeNull();
    await latchkey.close();
  });
});
