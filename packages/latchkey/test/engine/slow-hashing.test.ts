import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/domain/errors.js';
import { alone } from '../../src/cluster/index.js';
import { type Latchkey, type SettingsInput } from '../../src/index.js';
import { createEngine, readSettings } from '../../src/internal/index.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import type { SlowHashes } from '../../src/ports/slow-hashes.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import { createTestClock } from '../../src/testing/test-clock.js';

/** What is well-formed; the fake below matches it with one token, whatever it says. */
const HASH = `$2b$10$${'a'.repeat(53)}`;
const GOOD = 'sk_live_abcd-the-token-of-the-owner';
const OWNER = '192.0.2.1';
const GUESSER = '203.0.113.7';

/** Hashes that run and wait at once where nothing is configured. */
const PLACES = 66;

/** Hashes that end when the test lets them, and are counted. */
function createGatedHashes(): SlowHashes & { readonly started: () => number; readonly waiting: () => number; letGo(): void } {
  const held: (() => void)[] = [];
  let started = 0;
  return {
    async matches(_scheme, _encoded, token) {
      if (held.length >= PLACES) throw new UnavailableError('hashing');
      started += 1;
      await new Promise<void>((resolve) => held.push(resolve));
      return token === GOOD;
    },
    started: () => started,
    waiting: () => held.length,
    letGo() {
      for (const go of held.splice(0)) go();
    },
  };
}

async function open(settings: SettingsInput = {}) {
  const clock = createTestClock();
  const storage = await openSqliteStorage({ file: ':memory:' });
  const limiter = createMemoryLimiter({ counters: storage.counters, clock });
  const hashes = createGatedHashes();
  const entropy = createSeededEntropy(1);
  const latchkey = await createEngine({ storage, limiter, clock, entropy, slowHashes: hashes, join: alone }, readSettings(settings));
  await latchkey.keys.import([
    { name: 'old', owner: 'ada', secret: { scheme: 'bcrypt', hash: HASH, lookup: { start: 'sk_live_abcd' } } },
    { name: 'other', owner: 'bob', secret: { scheme: 'bcrypt', hash: HASH.replace(/.$/, 'y'), lookup: { start: 'sk_live_wxyz' } } },
  ]);
  return { latchkey, clock, hashes };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

let made = 0;

/** Calls with tokens that share the locator of the owner's and are not it. Their codes, once they are answered. */
function guess(latchkey: Latchkey, { count, ip, start = 'sk_live_abcd' }: { count: number; ip: (call: number) => string; start?: string }) {
  const codes: Record<string, number> = {};
  for (let call = 0; call < count; call++) {
    made += 1;
    void latchkey.verify(`${start}-guess-${made}`, { ip: ip(call) }).then(({ code }) => (codes[code] = (codes[code] ?? 0) + 1));
  }
  return codes;
}

describe('tokens that only a slow hash can tell', () => {
  it('cost an address a guess before anything is computed, and nothing is computed for one over its budget', async () => {
    const { latchkey, hashes } = await open({ guessesPerMinute: 3 });
    const codes = guess(latchkey, { count: 70, ip: () => GUESSER });
    await turns();
    expect(hashes.started()).toBe(3);
    expect(codes).toEqual({ rate_limited: 67 });
    hashes.letGo();
    await turns();
    expect(codes).toEqual({ rate_limited: 67, not_found: 3 });
    guess(latchkey, { count: 20, ip: () => GUESSER });
    await turns();
    expect(hashes.started()).toBe(3);
    await latchkey.close();
  });

  it('are counted once, whether they were tried in vain or found no place', async () => {
    const { latchkey, hashes } = await open({ guessesPerMinute: 10 });
    const codes = guess(latchkey, { count: 70, ip: () => GUESSER });
    await turns();
    expect(codes).toEqual({ unavailable: 6, rate_limited: 60 });
    hashes.letGo();
    await turns();
    expect(codes).toEqual({ unavailable: 6, rate_limited: 60, not_found: 4 });
    await latchkey.close();
    const alone = await open({ guessesPerMinute: 10 });
    const all: Record<string, number>[] = [];
    for (let round = 0; round < 12; round++) {
      all.push(guess(alone.latchkey, { count: 1, ip: () => GUESSER }));
      await turns();
      alone.hashes.letGo();
      await turns();
    }
    expect(all.map((codes) => Object.keys(codes).join())).toEqual([...Array<string>(10).fill('not_found'), 'rate_limited', 'rate_limited']);
    await alone.latchkey.close();
  });

  it('do not keep the owner of the key out: 70 guesses at once from one address, and the token passes from another', async () => {
    const { latchkey, hashes } = await open({ guessesPerMinute: 10 });
    guess(latchkey, { count: 70, ip: () => GUESSER });
    await turns();
    const mine = latchkey.verify(GOOD, { ip: OWNER });
    await turns();
    hashes.letGo();
    expect(await mine).toMatchObject({ valid: true, key: { owner: 'ada' } });
    await latchkey.close();
  });

  it('take eight places of one locator at the most, from however many addresses, so that other keys pass', async () => {
    const { latchkey, hashes } = await open();
    const codes = guess(latchkey, { count: 100, ip: (call) => `198.51.100.${call}` });
    await turns();
    expect(hashes.waiting()).toBe(8);
    expect(codes).toEqual({ unavailable: 92 });
    guess(latchkey, { count: 1, ip: () => OWNER, start: 'sk_live_wxyz' });
    await turns();
    expect(hashes.waiting()).toBe(9);
    hashes.letGo();
    await turns();
    guess(latchkey, { count: 1, ip: () => OWNER });
    await turns();
    expect(hashes.waiting()).toBe(1);
    hashes.letGo();
    await latchkey.close();
  });

  it('cost nothing when they are good', async () => {
    const { latchkey, hashes } = await open({ guessesPerMinute: 1 });
    const mine = latchkey.verify(GOOD, { ip: OWNER });
    await turns();
    hashes.letGo();
    expect((await mine).valid).toBe(true);
    expect(await latchkey.verify('sk_live_none-of-ours', { ip: OWNER })).toMatchObject({ code: 'not_found' });
    expect(await latchkey.verify('sk_live_none-of-ours-either', { ip: OWNER })).toMatchObject({ code: 'rate_limited' });
    // Rewritten at its first use, it is found by its digest now.
    expect((await latchkey.verify(GOOD, { ip: OWNER })).valid).toBe(true);
    await latchkey.close();
  });

  it('are tried for a caller who waited for another, who was refused for its own address', async () => {
    const { latchkey, hashes } = await open({ guessesPerMinute: 1 });
    guess(latchkey, { count: 1, ip: () => GUESSER });
    await turns();
    const [refused, mine, also] = [GUESSER, OWNER, OWNER].map((ip) => latchkey.verify(GOOD, { ip }));
    expect(await refused).toMatchObject({ code: 'rate_limited' });
    await turns();
    expect(hashes.started()).toBe(2);
    hashes.letGo();
    expect(await mine).toMatchObject({ valid: true });
    expect(await also).toMatchObject({ valid: true });
    await latchkey.close();
  });
});
