import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VerifiedKey } from '../../src/domain/verdict.js';
import { encodeHeaderText, IDENTITY_HEADERS, identityHeaders } from '../../src/edge/index.js';

const key: VerifiedKey = {
  id: 'key_1',
  name: 'CI',
  owner: 'team-7',
  tier: 'free',
  environment: 'live',
  scopes: ['a:read', 'b:*'],
  metadata: {},
  expiresAt: null,
};

describe('identity headers', () => {
  it('are all there, with a dash for what there is none of', () => {
    const headers = identityHeaders({ ...key, tier: null, scopes: [] });
    expect(Object.keys(headers)).toEqual([...IDENTITY_HEADERS]);
    expect(headers).toMatchObject({ 'X-Latchkey-Tier': '-', 'X-Latchkey-Scopes': '-' });
  });

  it('say whose request it is', () => {
    expect(identityHeaders({ ...key, name: 'Bücher & Co', owner: 'user@example.com' })).toEqual({
      'X-Latchkey-Key-Id': 'key_1',
      'X-Latchkey-Key-Name': 'B%C3%BCcher%20&%20Co',
      'X-Latchkey-Owner': 'user@example.com',
      'X-Latchkey-Tier': 'free',
      'X-Latchkey-Environment': 'live',
      'X-Latchkey-Scopes': 'a:read b:*',
    });
  });

  it('do not take an owner called dash for none', () => {
    expect(identityHeaders({ ...key, owner: '-' })['X-Latchkey-Owner']).toBe('%2D');
  });

  it('carry any text as visible ASCII, from which it can be had back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        const encoded = encodeHeaderText(text);
        expect(encoded).toMatch(/^[\x21-\x7e]+$/);
        expect(encoded).not.toBe('-');
        expect(decodeURIComponent(encoded)).toBe(text);
      }),
    );
  });

  it('are never empty and never throw, not even for half a character', () => {
    expect(encodeHeaderText('')).toBe('-');
    expect(encodeHeaderText('\ud800')).toBe('%EF%BF%BD');
  });
});
