import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCredential, type CredentialSources } from '../../src/edge/index.js';

type Headers = Record<string, string | readonly string[]>;

function read(headers: Headers, sources?: CredentialSources, ...queries: string[]) {
  const headerValues = (name: string): readonly string[] => {
    const value = headers[name];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  return readCredential({ headerValues, queries }, sources);
}

const visible = fc.stringMatching(/^[!-~]{1,80}$/);

describe('reading a credential', () => {
  it('takes the token after Bearer, whatever the case of the scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
      expect(read({ authorization: `${scheme} abc` })).toEqual({ kind: 'token', token: 'abc' });
    }
    expect(read({ authorization: '  Bearer   abc ' })).toEqual({ kind: 'token', token: 'abc' });
  });

  it('reads a header in linear time, whatever it holds', () => {
    const blanks = ' '.repeat(2_000_000);
    expect(read({ authorization: `Bearer${blanks}\nx` }).kind).toBe('malformed');
    expect(read({ authorization: `Bearer${blanks}a${blanks}b` }).kind).toBe('malformed');
    expect(read({ authorization: `Bearer\t${blanks}b` }).kind).toBe('malformed');
  });

  it('gives back every visible token unchanged, by either header', () => {
    fc.assert(
      fc.property(visible, (token) => {
        expect(read({ authorization: `Bearer ${token}` })).toEqual({ kind: 'token', token });
        expect(read({ 'x-api-key': token })).toEqual({ kind: 'token', token });
      }),
    );
  });

  it('says missing where nothing was sent, and where what was sent is empty', () => {
    expect(read({})).toEqual({ kind: 'missing' });
    expect(read({ 'x-api-key': '  ' })).toEqual({ kind: 'missing' });
  });

  it('refuses an Authorization that cannot be read', () => {
    for (const authorization of [
      'Bearer',
      'Bearer ',
      'Basic dXNlcjpwdw==',
      'abc',
      'Bearerabc',
      'Bearer a b',
      'Bearer a, Bearer b',
      'Bearer ä',
    ]) {
      expect(read({ authorization }), authorization).toMatchObject({ kind: 'malformed' });
    }
  });

  it('takes X-API-Key beside an Authorization of another scheme, which proxies add', () => {
    expect(read({ authorization: 'Basic dXNlcjpwdw==', 'x-api-key': 'abc' })).toEqual({ kind: 'token', token: 'abc' });
  });

  it('does not look at Authorization where it belongs to another layer', () => {
    const sources = { authorization: false };
    expect(read({ authorization: ['Bearer a', 'Basic b'], 'x-api-key': 'abc' }, sources)).toEqual({ kind: 'token', token: 'abc' });
    expect(read({ authorization: 'Bearer abc' }, sources)).toEqual({ kind: 'missing' });
    expect(read({ authorization: 'Bearer abc', 'x-api-key': ['a', 'a'] }, sources)).toMatchObject({ kind: 'malformed' });
  });

  it('refuses a header that was sent more than once, even with the same token', () => {
    expect(read({ authorization: ['Bearer abc', 'Bearer abc'] })).toMatchObject({ kind: 'malformed' });
    expect(read({ 'x-api-key': ['abc', 'abc'] })).toMatchObject({ kind: 'malformed' });
    // As a fetch handler sees it, where the two lines were joined.
    expect(read({ 'x-api-key': 'abc, abc' })).toMatchObject({ kind: 'malformed' });
  });

  it('says of a header that was sent twice with two tokens that they differ', () => {
    expect(read({ authorization: ['Bearer abc', 'Bearer abd'] })).toMatchObject({ kind: 'malformed', several: true });
    expect(read({ 'x-api-key': ['abc', 'abd'] })).toMatchObject({ kind: 'malformed', several: true });
    expect(read({ 'x-api-key': ['abc', 'abc'] })).not.toHaveProperty('several');
  });

  it('refuses two different tokens, and takes the same one sent in two ways', () => {
    expect(read({ authorization: 'Bearer abc', 'x-api-key': 'abd' })).toMatchObject({ kind: 'malformed' });
    expect(read({ authorization: 'Bearer abc', 'x-api-key': 'abc' })).toEqual({ kind: 'token', token: 'abc' });
  });

  it('reads the headers and the cookie that are configured, and no others', () => {
    const sources = { headers: ['x-acme-key'], cookie: 'key' };
    expect(read({ 'x-acme-key': 'abc' }, sources)).toEqual({ kind: 'token', token: 'abc' });
    expect(read({ 'x-api-key': 'abc' }, sources)).toEqual({ kind: 'missing' });
    expect(read({ cookie: 'a=1; key=abc; monkey=d' }, sources)).toEqual({ kind: 'token', token: 'abc' });
    expect(read({ cookie: 'key=abc; key=abd' }, sources)).toMatchObject({ kind: 'malformed' });
    expect(read({ cookie: 'key=abc' })).toEqual({ kind: 'missing' });
  });

  it('refuses a token in any of the queries, even beside a good header, unless it is allowed', () => {
    const good = { authorization: 'Bearer abc' };
    expect(read(good, {}, 'a=1&api_key=abc')).toEqual({ kind: 'in_query' });
    expect(read(good, {}, '', 'api%5Fkey=abc')).toEqual({ kind: 'in_query' });
    expect(read({}, { allowQuery: true }, 'api_key=a%2Bc')).toEqual({ kind: 'token', token: 'a+c' });
    expect(read(good, { allowQuery: true }, 'api_key=other')).toMatchObject({ kind: 'malformed' });
    expect(read(good, {}, 'other_key=abc&x=api_key')).toEqual({ kind: 'token', token: 'abc' });
  });

  it('never repeats in its reason what was sent', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{12,60}$/), fc.stringMatching(/^[!-~]{12,60}$/), (one, other) => {
        for (const headers of [
          { authorization: one },
          { authorization: [`Bearer ${one}`, other] },
          { authorization: `Bearer ${one}`, 'x-api-key': other },
        ]) {
          expect(JSON.stringify(read(headers))).not.toContain(other);
          const reading = read(headers);
          if (reading.kind === 'malformed') expect(reading.why).not.toContain(one);
        }
      }),
    );
  });
});
