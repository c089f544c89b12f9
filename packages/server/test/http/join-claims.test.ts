import { expect, it } from 'vitest';
import { joinClaims } from '../../src/http/authentication/oidc/join-claims.js';

it('claims of a sign-in: whether an address is verified is what the document says that the address is from', () => {
  const idToken = { sub: 'ada', email: 'ada@example.org' };
  expect(joinClaims(idToken, { email: 'eve@evil.example', email_verified: true })).toEqual({ ...idToken, email_verified: undefined });
  expect(joinClaims(idToken, { email_verified: true })['email_verified']).toBeUndefined();
  expect(joinClaims({ sub: 'ada', email_verified: true }, { email: 'eve@evil.example' })['email_verified']).toBeUndefined();
  expect(joinClaims({ sub: 'ada' }, { email: 'ada@example.org', email_verified: true, groups: ['a'] })).toEqual({
    sub: 'ada',
    email: 'ada@example.org',
    email_verified: true,
    groups: ['a'],
  });
});
