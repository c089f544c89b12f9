import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { decideAccess } from '../../src/domain/decide.js';
import { grants, grantsAny, isScope, lackingScopes, missingScopes } from '../../src/domain/scopes.js';

const SEGMENT = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Few words, so that scopes meet. */
const segments = fc.constantFrom('a', 'b', 'ab', 'a-b', '*');
const scopes = fc.array(segments, { minLength: 2, maxLength: 4 }).map((parts) => parts.join(':'));
const anything = fc.oneof(scopes, fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', ':', '*', 'A', ' ', '-') }));

/** The rule, written out the slow way. */
function slowIsScope(text: string): boolean {
  const parts = text.split(':');
  return parts.length >= 2 && parts.length <= 4 && parts.every((part) => part === '*' || SEGMENT.test(part));
}

function slowGrants(granted: readonly string[], required: string): boolean {
  if (!slowIsScope(required)) return false;
  const wanted = required.split(':');
  return granted.filter(slowIsScope).some((scope) => {
    const parts = scope.split(':');
    return parts.length === wanted.length && parts.every((part, index) => part === '*' || part === wanted[index]);
  });
}

describe('a scope', () => {
  it('is 2 to 4 segments, lower case, with * only as a whole one', () => {
    for (const scope of ['articles:read', 'articles:*', '*:*', '*:read', 'a:b:c', 'a:b:c:d', '0:9', 'a.b-c_d:x', `${'a'.repeat(64)}:b`]) {
      expect(isScope(scope), scope).toBe(true);
    }
    for (const text of [
      '',
      ':',
      '*',
      'articles',
      'articles:',
      ':read',
      'a::b',
      'a:b:c:d:e',
      'Articles:read',
      'a:re*d',
      'a:**',
      'a:*b',
      'a: b',
      'a:b ',
      '-a:b',
      'a:b\n',
      'é:b',
      `${'a'.repeat(65)}:b`,
    ]) {
      expect(isScope(text), text).toBe(false);
    }
  });

  it('agrees with the rule written out, for any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(isScope(text)).toBe(slowIsScope(text));
      }),
      runs(500),
    );
  });
});

describe('granting', () => {
  it('wants the same number of segments, each equal or * in the granted scope', () => {
    expect(grants(['articles:*'], 'articles:read')).toBe(true);
    expect(grants(['*:read'], 'articles:read')).toBe(true);
    expect(grants(['articles:*'], 'articles:read:own')).toBe(false);
    expect(grants(['articles:*'], 'articlesx:read')).toBe(false);
    expect(grants(['articles:rea'], 'articles:read')).toBe(false);
    expect(grants(['articles:read'], 'articles:rea')).toBe(false);
    expect(grants(['*:*'], 'a:b:c')).toBe(false);
    expect(grants([], 'articles:read')).toBe(false);
  });

  it('of a scope with * needs one that is at least as wide', () => {
    expect(grants(['articles:read'], 'articles:*')).toBe(false);
    expect(grants(['articles:*'], 'articles:*')).toBe(true);
    expect(grants(['*:*'], 'articles:*')).toBe(true);
    expect(grants(['articles:*'], '*:*')).toBe(false);
  });

  it('never happens for what is no scope, even where the same text was granted', () => {
    for (const text of ['', '*', 'admin', 'a:re*d', 'A:b']) {
      expect(grants([text, '*', '*:*'], text)).toBe(false);
      expect(grants([text], 'a:read')).toBe(false);
    }
  });

  it('agrees with the rule written out, for any granted texts and any required one', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), anything, (granted, required) => {
        expect(grants(granted, required)).toBe(slowGrants(granted, required));
      }),
      runs(1_250),
    );
  });

  it('never grows when a scope is taken away', () => {
    fc.assert(
      fc.property(fc.array(scopes, { minLength: 1, maxLength: 5 }), fc.nat(), scopes, (granted, index, required) => {
        const fewer = granted.filter((_, at) => at !== index % granted.length);
        if (grants(fewer, required)) expect(grants(granted, required)).toBe(true);
      }),
      runs(500),
    );
  });

  it('is transitive: what a covered scope grants, the covering ones grant', () => {
    fc.assert(
      fc.property(fc.array(scopes, { maxLength: 4 }), fc.array(scopes, { maxLength: 4 }), scopes, (holder, minted, required) => {
        if (missingScopes(holder, minted).length === 0 && grants(minted, required)) expect(grants(holder, required)).toBe(true);
      }),
      runs(1_250),
    );
  });
});

describe('any of several scopes', () => {
  it('agrees with the rule written out: one of them is granted', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), fc.array(anything, { maxLength: 4 }), (granted, required) => {
        expect(grantsAny(granted, required)).toBe(required.filter((scope) => slowGrants(granted, scope)).length > 0);
      }),
      runs(1_250),
    );
  });

  it('a key that holds all of them holds any, and an empty list is never granted', () => {
    fc.assert(
      fc.property(fc.array(scopes), fc.array(scopes, { minLength: 1 }), (granted, required) => {
        if (missingScopes(granted, required).length === 0) expect(grantsAny(granted, required)).toBe(true);
        expect(grantsAny(granted, [])).toBe(false);
      }),
      runs(500),
    );
  });

  it('lacking scopes: lists both kinds, and is empty where nothing is lacking', () => {
    expect(lackingScopes(['a:read'], { scopes: ['a:read', 'b:x'], anyScope: ['c:x', 'c:y'] })).toEqual({
      missingScopes: ['b:x'],
      missingAnyScope: ['c:x', 'c:y'],
    });
    expect(lackingScopes(['a:read'], { scopes: ['a:read'], anyScope: ['c:x', 'a:read'] })).toEqual({});
    expect(lackingScopes([], {})).toEqual({});
  });

  it('a decision refuses for scopes exactly where something is lacking', () => {
    const several = fc.option(fc.array(scopes, { maxLength: 3 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(scopes, { maxLength: 3 }), several, several, (held, all, any) => {
        const asked = { environment: 'live', ip: undefined, scopes: all, anyScope: any };
        const refused = decideAccess({ environment: 'live', ipRules: [], scopes: held }, asked) === 'insufficient_scope';
        expect(refused).toBe(Object.keys(lackingScopes(held, asked)).length > 0);
      }),
      runs(1_250),
    );
  });
});

describe('missing scopes', () => {
  it('are those not granted, in order, and one shared frozen list where there are none', () => {
    expect(missingScopes(['a:*'], ['a:x', 'b:x', 'b:y'])).toEqual(['b:x', 'b:y']);
    const none = missingScopes(['a:*'], ['a:x', 'a:y']);
    expect(none).toEqual([]);
    expect(missingScopes([], [])).toBe(none);
    expect(Object.isFrozen(none)).toBe(true);
  });

  it('are none for who holds * in every place', () => {
    fc.assert(
      fc.property(fc.array(scopes), (required) => {
        expect(missingScopes(['*:*', '*:*:*', '*:*:*:*'], required)).toEqual([]);
      }),
    );
  });
});
