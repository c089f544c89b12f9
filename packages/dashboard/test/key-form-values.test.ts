import type { KeyView } from 'latchkey/client';
import { describe, expect, it } from 'vitest';
import { createInputOf, EMPTY_KEY, updateInputOf, valuesOf } from '../src/features/keys/edit/key-form-values.js';
import { expiryChoices } from '../src/features/portal/keys/expiry-choices.js';

const KEY: KeyView = {
  id: 'key_1',
  name: 'CI',
  description: null,
  owner: 'ada',
  tier: 'free',
  environment: 'live',
  scopes: ['articles:read'],
  tags: [],
  hint: 'lk_live_…abcd',
  status: 'active',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'admin',
  notBefore: null,
  expiresAt: '2026-12-31T00:00:00.000Z',
  daysUntilExpiry: 10,
  version: 1,
  lastUsedAt: null,
  requests: 0,
  lastUsedFrom: null,
  revokedAt: null,
  revokedBy: null,
  revokedReason: null,
  ipRules: [],
  limits: [{ name: 'requests', limit: 100, windowMs: 3_600_000, algorithm: 'fixed-window' }],
  credits: { remaining: 5, refill: { amount: 10, mode: 'set', every: '1d' }, nextRefillAt: null },
  bounds: null,
  metadata: {},
  secrets: [],
};

describe('the form of a key', () => {
  const before = valuesOf(KEY);

  it('sends nothing where nothing was changed', () => {
    expect(updateInputOf(before, before)).toEqual({});
  });

  it('sends what was changed, and no more', () => {
    expect(updateInputOf({ ...before, name: ' CI 2 ', tier: '' }, before)).toEqual({ name: 'CI 2', tier: null });
    expect(updateInputOf({ ...before, description: 'One\nTwo' }, before)).toEqual({ description: 'One\nTwo' });
    const withDescription = { ...before, description: 'One' };
    expect(updateInputOf({ ...withDescription, description: ' ' }, withDescription)).toEqual({ description: null });
    expect(updateInputOf({ ...before, tags: ['a'] }, before)).toEqual({ tags: ['a'] });
    expect(updateInputOf({ ...before, hasCredits: false }, before)).toEqual({ credits: null });
    expect(updateInputOf({ ...before, credits: 7 }, before)).toEqual({ credits: { remaining: 7 } });
    expect(updateInputOf({ ...before, refill: 'none' }, before)).toEqual({ credits: { refill: null } });
  });

  it('never makes a key that does not expire out of a date that is none', () => {
    for (const expiryDate of ['', 'tomorrow', '2026-02-31T00:00:99']) {
      expect(createInputOf({ ...EMPTY_KEY, expiry: 'date', expiryDate }).expiresAt).toBe(expiryDate);
    }
    expect(createInputOf({ ...EMPTY_KEY, expiry: 'never' }).expiresAt).toBeNull();
  });

  it('sends no number of credits where none was typed, and not zero', () => {
    const { credits } = createInputOf({ ...EMPTY_KEY, hasCredits: true, credits: '' });
    expect(JSON.stringify(credits)).toBe('{"remaining":null,"refill":null}');
  });
});

describe('the expiries that an owner may choose', () => {
  const policy = { scopes: [], tiers: [], defaultTier: null, environments: ['live'], maxKeys: 3 };
  const valuesFor = (maxExpiry: string, defaultExpiry: string, neverExpires = false): readonly string[] =>
    expiryChoices({ ...policy, maxExpiry, defaultExpiry, neverExpires }).map(({ value }) => value);

  it('go as far as the policy, hold its default, and name never only where that is allowed', () => {
    expect(valuesFor('60d', '30d')).toEqual(['7d', '30d', '60d']);
    expect(valuesFor('45d', '12h')).toEqual(['12h', '7d', '30d', '45d']);
    expect(valuesFor('1y', '90d', true)).toEqual(['7d', '30d', '60d', '90d', '1y', 'never']);
    expect(valuesFor('5d', '5d')).toEqual(['5d']);
  });
});
