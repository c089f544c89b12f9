import { describe, expect, it } from 'vitest';
import { fetchHeaderValues, isJsonType, rawHeaderValues, readIdempotencyKey, readQuery } from '../../src/edge/index.js';

describe('header values', () => {
  it('header values: raw headers give every value under any spelling of the name', () => {
    const values = rawHeaderValues(['X-API-Key', 'a', 'Host', 'b', 'x-api-key', 'c', 'X-API-Keys', 'd']);
    expect([values('x-api-key'), values('host'), values('origin')]).toEqual([['a', 'c'], ['b'], []]);
  });

  it('header values: credentials that fetch has joined are taken apart', () => {
    const headers = new Headers([
      ['Authorization', 'Bearer a'],
      ['Authorization', 'Basic b'],
      ['X-Forwarded-For', '10.0.0.1, 10.0.0.2'],
    ]);
    const values = fetchHeaderValues({ headers });
    expect([values('authorization'), values('x-forwarded-for'), values('origin')]).toEqual([
      ['Bearer a', 'Basic b'],
      ['10.0.0.1, 10.0.0.2'],
      [],
    ]);
  });

  it.each([
    ['application/json', true],
    ['Application/JSON; charset=UTF-8', true],
    ['application/json ; charset="utf-8"', true],
    ['application/json; charset=latin1', false],
    ['application/jsonp', false],
    ['text/plain', false],
    ['', false],
  ])('content type: %j says JSON: %s', (type, expected) => {
    expect(isJsonType(type)).toBe(expected);
  });
});

describe('idempotency key', () => {
  const read = (...values: readonly string[]) => readIdempotencyKey(() => values);

  it('idempotency key: is the same quoted and bare, and undefined where none was sent', () => {
    expect([read('a-1'), read(' "a-1" '), read()]).toEqual(['a-1', 'a-1', undefined]);
  });

  it('idempotency key: two of them are refused', () => {
    expect(() => read('a', 'a')).toThrow('send one');
  });
});

describe('query', () => {
  it('query: is read as a record of its parameters', () => {
    expect([readQuery(''), readQuery('a=1&b=%20c&d')]).toEqual([{}, { a: '1', b: ' c', d: '' }]);
  });

  it('query: each parameter given twice is named, unless the name could be a token', () => {
    const issuesOf = (query: string): unknown => {
      try {
        return readQuery(query);
      } catch (error) {
        return (error as { readonly issues: unknown }).issues;
      }
    };
    const message = 'Give this query parameter once.';
    expect(issuesOf('limit=1&limit=2&a=1&b=1&b=1')).toEqual([
      { pointer: '/limit', message },
      { pointer: '/b', message },
    ]);
    const token = `acme_live_${'x'.repeat(49)}`;
    expect(issuesOf(`${token}&${token}`)).toEqual([{ pointer: '', message }]);
  });
});
