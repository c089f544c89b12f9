import { describe, expect, it } from 'vitest';
import { REFUSAL_CODES, type RefusalCode } from '../../src/contract/errors/errors.js';
import { credentialRefusal, publicRefusal, QUERY_KEY_HINT } from '../../src/edge/index.js';

const INVALID = [401, 'Invalid or inactive API key'] as const;

const TABLE: Readonly<Record<RefusalCode, readonly [status: number, message: string]>> = {
  missing: [401, 'Missing Authorization header'],
  malformed: INVALID,
  not_found: INVALID,
  revoked: INVALID,
  disabled: INVALID,
  not_yet_active: INVALID,
  owner_suspended: INVALID,
  expired: [401, 'API key has expired'],
  wrong_environment: [403, 'API key is for another environment'],
  ip_denied: [403, 'API key may not be used from this address'],
  insufficient_scope: [403, 'API key lacks a scope that this call needs'],
  rate_limited: [429, 'Rate limit exceeded'],
  credits_exhausted: [429, 'API key has no credits left'],
  unavailable: [503, 'API keys cannot be checked at the moment. Try again shortly'],
};

describe('the public form of a refusal', () => {
  for (const code of REFUSAL_CODES) {
    it(`answers ${code} as the table says`, () => {
      const { status, message } = publicRefusal({ code });
      expect([status, message]).toEqual(TABLE[code]);
    });
  }

  it('does not tell apart what would betray whether a token was ever issued', () => {
    const hidden = (['malformed', 'not_found', 'revoked', 'disabled', 'not_yet_active', 'owner_suspended'] as const).map((code) =>
      publicRefusal({ code }),
    );
    expect(new Set(hidden.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(hidden[0]?.code).toBe('invalid');
  });

  it('challenges with every 401 as RFC 6750 asks: no error where nothing was sent, invalid_token otherwise', () => {
    expect(publicRefusal({ code: 'missing' }).wwwAuthenticate).toBe('Bearer realm="api"');
    expect(publicRefusal({ code: 'revoked' }).wwwAuthenticate).toBe(
      'Bearer realm="api", error="invalid_token", error_description="Invalid or inactive API key"',
    );
    for (const code of REFUSAL_CODES) {
      const { status, wwwAuthenticate } = publicRefusal({ code });
      expect(wwwAuthenticate !== null, code).toBe(status === 401 || code === 'insufficient_scope');
    }
  });

  it('says which scope is lacking, and challenges with those that were asked for', () => {
    const one = publicRefusal({ code: 'insufficient_scope', missingScopes: ['a:write'] }, { requiredScopes: ['a:read', 'a:write'] });
    expect(one.message).toBe('API key lacks the scope a:write');
    expect(one.wwwAuthenticate).toBe('Bearer realm="api", error="insufficient_scope", scope="a:read a:write"');
    const any = publicRefusal({ code: 'insufficient_scope', missingAnyScope: ['a:write', 'b:*'] });
    expect([any.message, any.wwwAuthenticate]).toEqual([
      'API key needs one of the scopes a:write, b:*',
      'Bearer realm="api", error="insufficient_scope", scope="a:write b:*"',
    ]);
    const both = publicRefusal({ code: 'insufficient_scope', missingScopes: ['c:x'], missingAnyScope: ['a:write'] });
    expect(both.message).toBe('API key lacks the scope c:x and needs the scope a:write');
    const two = publicRefusal({ code: 'insufficient_scope', missingScopes: ['a:write', 'b:*'] });
    expect(two.message).toBe('API key lacks the scopes a:write, b:*');
    expect(two.wwwAuthenticate).toContain('scope="a:write b:*"');
  });

  it('tells a malformed header from a malformed token', () => {
    const header = credentialRefusal({ kind: 'malformed', why: 'The header was sent more than once.' });
    expect(header).toMatchObject({ status: 401, code: 'malformed', message: 'Invalid Authorization format. Use: Bearer YOUR_API_KEY' });
    expect(header.wwwAuthenticate).toBe(
      'Bearer realm="api", error="invalid_request", error_description="The header was sent more than once."',
    );
    expect(publicRefusal({ code: 'malformed' }).message).toBe('Invalid or inactive API key');
  });

  it('says why a key in a query is refused, and what to do instead', () => {
    expect(credentialRefusal({ kind: 'in_query' })).toMatchObject({ status: 401, code: 'malformed', message: QUERY_KEY_HINT });
    expect(QUERY_KEY_HINT).toContain('Authorization: Bearer YOUR_API_KEY');
  });

  it('keeps a challenge to the characters that RFC 6750 allows', () => {
    const { wwwAuthenticate } = publicRefusal({ code: 'insufficient_scope', missingScopes: ['a"b\\:ä\r\nX: y'] }, { realm: 'a"b' });
    expect(wwwAuthenticate).toBe('Bearer realm="ab", error="insufficient_scope", scope="ab:X: y"');
  });
});
