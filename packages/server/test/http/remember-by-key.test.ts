import type { VerifiedKey } from 'latchkey';
import { describe, expect, it } from 'vitest';
import { rememberByKey } from '../../src/http/endpoints/remember-by-key.js';

const KEY: VerifiedKey = {
  id: 'key_1',
  name: 'a key',
  owner: 'team-7',
  tier: 'free',
  environment: 'live',
  scopes: ['a:read'],
  metadata: { plan: 'yearly' },
  expiresAt: null,
};

describe('what was made of a key', () => {
  it('is made once for as long as the key is told the same', () => {
    let made = 0;
    const of = rememberByKey(() => ++made);
    expect([of(KEY), of({ ...KEY }), of(KEY)]).toEqual([1, 1, 1]);
  });

  it('is made anew where any field of the key is another', () => {
    let made = 0;
    const of = rememberByKey(() => ++made);
    const others: Required<VerifiedKey> = {
      id: 'key_2',
      name: 'another',
      owner: 'team-8',
      tier: null,
      environment: 'test',
      scopes: ['a:read'],
      metadata: { plan: 'yearly' },
      expiresAt: 1,
      bounds: { owners: ['team-8'] },
    };
    for (const [field, other] of Object.entries(others)) {
      of(KEY);
      const before = made;
      of({ ...KEY, [field]: other });
      expect(made, field).toBe(before + 1);
    }
  });

  it('is not kept for more keys than there is room', () => {
    let made = 0;
    const of = rememberByKey(() => ++made);
    for (let i = 0; i < 10_000; i++) of({ ...KEY, id: `key_${i}` });
    of({ ...KEY, id: 'key_0' });
    expect(made).toBe(10_001);
  });
});
