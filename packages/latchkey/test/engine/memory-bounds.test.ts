/** Holds the memory of a node to its bounds, however many callers ask. The guide of production states the bounds. */
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/domain/key.js';
import { createCredentialMaker } from '../../src/engine/cache/cached-credential.js';
import { createGuessThrottle } from '../../src/engine/cache/guess-throttle.js';
import { createUnknownTokens } from '../../src/engine/cache/unknown-tokens.js';
import { createTestClock } from '../../src/testing/index.js';
import { sampleKey, sampleSecret } from '../../src/testing/storage-records.js';

const addressOf = (number: number): string => `10.0.${number >> 8}.${number & 255}`;

describe('guess throttle', () => {
  it('guess throttle: remembers at most twice its number of IP addresses', () => {
    const throttle = createGuessThrottle(60, 10);
    for (let number = 0; number < 1_000; number++) {
      throttle.count(addressOf(number), 0);
      expect(throttle.size).toBeLessThanOrEqual(20);
    }
    expect(throttle.size).toBeGreaterThanOrEqual(10);
  });

  it('guess throttle: an IP address that keeps guessing is not forgotten, however many others guess', () => {
    const throttle = createGuessThrottle(60, 10);
    const answers = Array.from({ length: 200 }, (_, number) => {
      for (let other = 0; other < 5; other++) throttle.count(addressOf(number * 5 + other), 0);
      return throttle.count('192.0.2.1', 0);
    });
    expect(answers.filter((waitMs) => waitMs === null).length).toBe(60);
  });

  it('guess throttle: an IP address that guesses again takes the place of no other', () => {
    const throttle = createGuessThrottle(60, 2);
    throttle.count('192.0.2.1', 0);
    for (let guess = 0; guess < 100; guess++) throttle.count('192.0.2.2', 0);
    expect(throttle.size).toBe(2);
  });
});

describe('cached credentials', () => {
  const credentialWith = (metadata: Readonly<Record<string, string>>): Credential => ({
    key: sampleKey(1, { metadata }),
    secret: sampleSecret(1),
    ownerSuspendedAt: null,
    ownerLimits: [],
    tierLimits: [],
    hasCredits: false,
  });

  it('cached credentials: what keys have in common is held once', () => {
    const make = createCredentialMaker();
    const [one, other] = [make(credentialWith({ plan: 'a' }), 0), make(credentialWith({ plan: 'a' }), 0)];
    expect(one.profile).toBe(other.profile);
  });

  it('cached credentials: metadata that is long is held by its own key only, and goes with it', () => {
    const make = createCredentialMaker();
    const metadata = { note: 'x'.repeat(3_000) };
    const [one, other] = [make(credentialWith(metadata), 0), make(credentialWith(metadata), 0)];
    expect(one.profile).not.toBe(other.profile);
    expect(one.profile.metadata).toEqual(metadata);
  });
});

describe('unknown tokens', () => {
  it('unknown tokens: at most the maximum is remembered, the latest half of it for certain', () => {
    const unknown = createUnknownTokens(10, 5_000, createTestClock());
    for (let number = 0; number < 1_000; number++) unknown.add(String(number));
    expect(unknown.size).toBeLessThanOrEqual(10);
    for (let number = 995; number < 1_000; number++) expect(unknown.has(String(number))).toBe(true);
  });
});
