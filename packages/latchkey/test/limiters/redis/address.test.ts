import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeAddress, parseRedisUrl } from '../../../src/limiters/redis/address.js';

const plain = { cluster: false, tls: false, username: null, password: null, database: 0 };

describe('the URL of a Redis', () => {
  it.each([
    ['redis://localhost', { hosts: [{ host: 'localhost', port: 6379 }] }],
    ['redis://10.0.0.7:7000/3', { hosts: [{ host: '10.0.0.7', port: 7000 }], database: 3 }],
    ['redis://:s3cret@redis-1.example/', { hosts: [{ host: 'redis-1.example', port: 6379 }], password: 's3cret' }],
    ['rediss://app:p%40ss%3A@[::1]:7', { hosts: [{ host: '::1', port: 7 }], tls: true, username: 'app', password: 'p@ss:' }],
    ['redis://app@h', { hosts: [{ host: 'h', port: 6379 }], username: 'app' }],
    [
      'redis+cluster://a:1,b,[fe80::1]:3',
      {
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
          { host: 'fe80::1', port: 3 },
        ],
        cluster: true,
      },
    ],
    ['rediss+cluster://:x@a', { hosts: [{ host: 'a', port: 6379 }], cluster: true, tls: true, password: 'x' }],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual({ ok: true, value: { ...plain, ...expected } });
  });

  it.each([
    '',
    'localhost',
    'http://localhost',
    'redis://',
    'redis://a,b',
    'redis://a:0',
    'redis://a:65536',
    'redis://a/x',
    'redis://a?b=c',
    'redis://a#b',
    'redis+cluster://a/1',
    'redis://u:p:q@a',
    'redis://u:%zz@a',
    'redis://a b',
  ])('is refused as %j', (url) => {
    expect(parseRedisUrl(url)).toMatchObject({ ok: false });
  });

  it('is never repeated in a problem, nor its password where it is described', () => {
    const secret = fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom('Q', 'Z', '!', '@', ':', '/', '%') });
    fc.assert(
      fc.property(secret, fc.constantFrom('', 'redis://', 'redis://u:', 'redis+cluster://'), (text, start) => {
        const read = parseRedisUrl(`${start}${text}@h`);
        expect(read.ok ? describeAddress(read.value) : read.problem).not.toContain(text);
      }),
    );
  });
});
