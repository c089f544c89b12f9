import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from 'latchkey';
import { createClientAddresses } from '../../src/http/exchange/client-address.js';

const proxied = createClientAddresses(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

describe("the client's address", () => {
  it('is the peer where no proxy is trusted, whatever is forwarded', () => {
    const alone = createClientAddresses([]);
    expect(alone.of({ peer: '192.0.2.1', forwardedFor: '203.0.113.9' })).toBe('192.0.2.1');
    expect(alone.of({ peer: undefined, forwardedFor: '203.0.113.9' })).toBeUndefined();
  });

  it('is the right-most hop that is no trusted proxy', () => {
    for (const [peer, forwardedFor, client] of [
      ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
      ['127.0.0.1', '1.1.1.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
      ['127.0.0.1', '1.1.1.1,203.0.113.9 ,  10.1.2.3,10.0.0.1', '203.0.113.9'],
      ['::ffff:127.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
      ['2001:db8::1', '[2001:DB9::7]:4711, 10.0.0.1', '2001:db9::7'],
      ['127.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
      // Nobody but proxies: the one furthest away.
      ['127.0.0.1', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
      // Not a proxy: what it says is its own affair.
      ['192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ] as const) {
      expect(proxied.of({ peer, forwardedFor }), forwardedFor).toBe(client);
    }
  });

  it('is none where a trusted proxy names nobody, or nobody that can be read', () => {
    expect(proxied.of({ peer: '127.0.0.1', forwardedFor: undefined })).toBeNull();
    for (const forwardedFor of [
      '',
      ',',
      'unknown',
      '_hidden',
      '127.1',
      '0x7f.0.0.1',
      '010.0.0.1',
      '1.2.3.4.5',
      '256.1.1.1',
      '203.0.113.9, nonsense',
      '203.0.113.9,',
      '1.1.1.1:99999999',
      '[::1',
      'a%b',
    ]) {
      expect(proxied.of({ peer: '127.0.0.1', forwardedFor }), forwardedFor).toBeNull();
    }
    expect(createClientAddresses([]).of({ peer: 'no address', forwardedFor: undefined })).toBeNull();
  });

  it('is never what stands to the left of the first stranger', () => {
    fc.assert(
      fc.property(fc.string(), (anything) => {
        expect(proxied.of({ peer: '127.0.0.1', forwardedFor: `${anything}, 203.0.113.9, 10.0.0.1` })).toBe('203.0.113.9');
      }),
    );
  });

  it('is found, or given up, in text of any kind: it is never that of the proxy itself', () => {
    fc.assert(fc.property(fc.string(), (forwardedFor) => proxied.of({ peer: '127.0.0.1', forwardedFor }) !== '127.0.0.1'));
  });

  it('is the same however often, after whatever else and in whatever place a text was seen', () => {
    const text = fc.constantFrom('127.0.0.1', '127.0.0.1:80', '10.0.0.1', '203.0.113.9', '[::1]:80', '::1', '::ffff:10.0.0.1', 'x', '');
    fc.assert(
      fc.property(fc.array(fc.record({ peer: text, forwardedFor: fc.option(text, { nil: undefined }) })), (origins) => {
        const used = createClientAddresses(['127.0.0.0/8', '10.0.0.0/8']);
        for (const origin of [...origins, ...origins]) {
          expect(used.of(origin)).toBe(createClientAddresses(['127.0.0.0/8', '10.0.0.0/8']).of(origin));
        }
      }),
    );
    const flooded = createClientAddresses(['127.0.0.0/8']);
    for (let i = 0; i < 10_000; i++) flooded.of({ peer: '127.0.0.1', forwardedFor: `203.0.${i >> 8}.${i & 255}` });
    expect(flooded.of({ peer: '127.0.0.1', forwardedFor: '203.0.113.9' })).toBe('203.0.113.9');
  });

  it('takes the word of trusted peers alone', () => {
    expect([
      proxied.isTrusted('10.9.9.9'),
      proxied.isTrusted('11.0.0.1'),
      proxied.isTrusted(undefined),
      proxied.isTrusted('::ffff:10.0.0.1'),
    ]).toEqual([true, false, false, true]);
  });

  it('needs proxies that are addresses or blocks', () => {
    for (const proxy of ['localhost', '10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '', '::/129', '*']) {
      expect(() => createClientAddresses([proxy]), proxy).toThrow(ConfigurationError);
    }
  });
});
