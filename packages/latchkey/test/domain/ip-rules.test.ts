import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { readAddress } from '../../src/domain/caller-address.js';
import { formatAddress, parseAddress } from '../../src/domain/ip-address.js';
import { addressGroup, ipAllowed, isLoopbackHost, isRuleWithin, parseIpRule } from '../../src/domain/ip-rules.js';

interface Ip {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const MAPPED = 0xffff_0000_0000n;

/** Values whose leading bits are often alike. */
const ipv4s = fc
  .tuple(fc.constantFrom(0n, 10n << 24n, 0xc0a8_0000n, 0xffff_ff00n), fc.bigInt({ min: 0n, max: 0xffffn }))
  .map(([base, rest]): Ip => ({ bits: 32, value: base + (rest & (0xffff_ffffn - base)) }));
const ipv6s = fc
  .tuple(
    fc.constantFrom(0n, 0x2001_0db8n << 96n, 0xfe80n << 112n),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.constantFrom(0n, 16n, 48n),
  )
  .map(([base, rest, shift]): Ip => ({ bits: 128, value: base | (rest << shift) }))
  .filter(({ value }) => value >> 32n !== 0xffffn);
const ips = fc.oneof(ipv4s, ipv6s);

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

function hex(value: bigint): string {
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(':');
}

/** Every way to write the address: IPv6 in full, upper case, compressed by the platform, with a dotted tail; IPv4 mapped. */
function spellings({ bits, value }: Ip): string[] {
  if (bits === 32)
    return [dotted(value), `::ffff:${dotted(value)}`, `::FFFF:${dotted(value)}`, hex(MAPPED | value), `0:0:0:0:0:ffff:${dotted(value)}`];
  const full = hex(value);
  const compressed = new URL(`http://[${full}]`).hostname.slice(1, -1);
  return [
    full,
    full.toUpperCase(),
    compressed,
    full
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(':'),
    `${full.split(':').slice(0, 6).join(':')}:${dotted(value & 0xffff_ffffn)}`,
  ];
}

function networkOf({ bits, value }: Ip, prefix: number): Ip {
  const host = BigInt(bits - prefix);
  return { bits, value: (value >> host) << host };
}

describe('an address', () => {
  it('is what the platform takes for one, for any text', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 24, unit: fc.constantFrom(':', ':', '.', '0', '1', '2', '9', 'a', 'F', 'g') }),
      ips.chain((ip) => fc.constantFrom(...spellings(ip))),
      ips
        .chain((ip) => fc.tuple(fc.constantFrom(...spellings(ip)), fc.nat(), fc.constantFrom('', ':', '.', '0', 'f', '::')))
        .map(([text, at, piece]) => text.slice(0, at % text.length) + piece + text.slice((at % text.length) + 1)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseAddress(text) !== null, text).toBe(isIP(text) !== 0);
      }),
      runs(5_000),
    );
  });

  it('is written the one canonical way, however it was spelled', () => {
    fc.assert(
      fc.property(ips, (ip) => {
        const canonical = ip.bits === 32 ? dotted(ip.value) : new URL(`http://[${hex(ip.value)}]`).hostname.slice(1, -1);
        for (const text of spellings(ip)) {
          const address = parseAddress(text);
          expect(address === null ? null : formatAddress(address), text).toBe(canonical);
        }
      }),
      runs(250),
    );
  });

  it('has no zone id, leading zero, port, bracket, white space or prefix', () => {
    for (const text of [
      'fe80::1%eth0',
      '010.0.0.1',
      '10.0.0.1:80',
      '[::1]',
      ' 10.0.0.1',
      '10.0.0.1 ',
      '10.0.0.0/8',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '0x7f.0.0.1',
      '2130706433',
      '１.2.3.4',
      ':::',
      '1::2::3',
      '12345::',
      '::1.2.3',
      '',
    ]) {
      expect(parseAddress(text), text).toBeNull();
    }
  });
});

describe('a rule', () => {
  it('admits exactly the addresses of its block, however both are spelled', () => {
    const cases = fc.record({ block: ips, caller: fc.option(ips, { nil: null }), prefix: fc.nat(), pick: fc.nat(), flip: fc.nat() });
    fc.assert(
      fc.property(cases, ({ block, caller, prefix, pick, flip }) => {
        const length = prefix % (block.bits + 1);
        const network = networkOf(block, length);
        // Without a caller of its own, the caller is the network with one bit turned: next to the edge of the block.
        const ip = caller ?? { bits: block.bits, value: network.value ^ (1n << BigInt(flip % block.bits)) };
        const rule = `${spellings(network)[0]}/${length}`;
        const expected = ip.bits === block.bits && networkOf(ip, length).value === network.value;
        const texts = spellings(ip);
        expect(ipAllowed([rule], texts[pick % texts.length]), `${rule} ${texts[0]}`).toBe(expected);
        const parsed = parseIpRule(rule);
        expect(parsed.ok && ipAllowed([parsed.value], texts[0])).toBe(expected);
      }),
      runs(1_250),
    );
  });

  it('is normalised: shortest form, whole addresses without a prefix, mapped blocks as IPv4', () => {
    const normal = (text: string): string => {
      const rule = parseIpRule(text);
      return rule.ok ? rule.value : `refused: ${rule.problem}`;
    };
    expect(normal('203.0.113.7')).toBe('203.0.113.7');
    expect(normal(' 203.0.113.7/32 ')).toBe('203.0.113.7');
    expect(normal('10.0.0.0/8')).toBe('10.0.0.0/8');
    expect(normal('0.0.0.0/0')).toBe('0.0.0.0/0');
    expect(normal('2001:DB8:0:0:0:0:0:0/32')).toBe('2001:db8::/32');
    expect(normal('::1/128')).toBe('::1');
    expect(normal('::/0')).toBe('::/0');
    expect(normal('::ffff:10.0.0.0/104')).toBe('10.0.0.0/8');
    expect(normal('::ffff:a00:1')).toBe('10.0.0.1');
  });

  it('is refused with what was probably meant', () => {
    const problem = (text: string): string => {
      const rule = parseIpRule(text);
      return rule.ok ? 'accepted' : rule.problem;
    };
    expect(problem('10.0.0.1/8')).toContain('"10.0.0.0/8"');
    expect(problem('10.0.0.1/8')).toContain('"10.0.0.1"');
    expect(problem('2001:db8::1/32')).toContain('"2001:db8::/32"');
    expect(problem('::ffff:10.0.0.1/104')).toContain('"10.0.0.0/8"');
    expect(problem('::ffff:0:0/90')).toContain('from 96 to 128');
    expect(problem('010.0.0.1')).toContain('octal');
    expect(problem('fe80::1%eth0')).toContain('zone');
    for (const text of [
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/08',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/1e1',
      '10.0.0.0/ 8',
      '::/129',
    ]) {
      expect(problem(text), text).toContain('prefix length');
    }
    for (const text of ['', 'localhost', '10.*', '10.0.0.0-10.0.0.9', 'x'.repeat(10_000)]) expect(problem(text)).toContain('CIDR');
  });
});

describe('a list of rules', () => {
  it('admits from anywhere when empty, and otherwise nobody whose address is absent or none', () => {
    expect(ipAllowed([], undefined)).toBe(true);
    expect(ipAllowed([], 'nonsense')).toBe(true);
    expect(ipAllowed(['0.0.0.0/0', '::/0'], undefined)).toBe(false);
    for (const ip of ['', 'nonsense', 'unknown', '10.0.0.1:80', 'fe80::1%1']) expect(ipAllowed(['0.0.0.0/0', '::/0'], ip)).toBe(false);
    expect(ipAllowed(['10.0.0.0/8', '2001:db8::/32'], '2001:db8::9')).toBe(true);
  });

  it('with a rule that does not parse admits nobody by it', () => {
    expect(ipAllowed(['nonsense'], '10.0.0.1')).toBe(false);
    expect(ipAllowed(['10.0.0.1/8'], '10.0.0.1')).toBe(false);
    expect(ipAllowed(['nonsense', '10.0.0.1'], '10.0.0.1')).toBe(true);
  });

  it('never lets a rule for IPv6 admit an IPv4 address', () => {
    for (const ip of ['10.0.0.1', '::ffff:10.0.0.1']) expect(ipAllowed(['::/0', '::/96'], ip)).toBe(false);
  });

  it('answers the same after more different rules than are remembered', () => {
    for (let i = 0; i < 25_000; i++) ipAllowed([`10.${i >> 8}.${i & 255}.0/24`], '192.0.2.1');
    expect(ipAllowed(['10.0.1.0/24'], '10.0.1.9')).toBe(true);
    expect(ipAllowed(['10.0.1.0/24'], '10.0.2.9')).toBe(false);
  });
});

describe('what guessing is counted by', () => {
  it('is an IPv4 address itself, of an IPv6 address its /64, and nothing for what is no address', () => {
    expect(addressGroup('203.0.113.7')).toBe('203.0.113.7');
    expect(addressGroup('::ffff:cb00:7107')).toBe('203.0.113.7');
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressGroup('::1')).toBe('::/64');
    expect(addressGroup('nonsense')).toBeNull();
    fc.assert(
      fc.property(ipv6s, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (ip, low) => {
        const sibling = { ...ip, value: ((ip.value >> 64n) << 64n) | low };
        fc.pre(sibling.value >> 32n !== 0xffffn);
        expect(addressGroup(hex(sibling.value))).toBe(addressGroup(hex(ip.value)));
      }),
    );
  });
});

describe('an address as it is met', () => {
  it('is read with a port, brackets and a zone around it, in every spelling', () => {
    const port = fc.option(fc.nat(65_535), { nil: null });
    fc.assert(
      fc.property(ips, port, fc.constantFrom('', '%eth0', '%1'), (ip, at, zone) => {
        for (const text of spellings(ip)) {
          const isV6 = text.includes(':');
          const zoned = isV6 ? text + zone : text;
          for (const met of [zoned, isV6 ? `[${zoned}]` : zoned, at === null ? zoned : isV6 ? `[${zoned}]:${at}` : `${zoned}:${at}`]) {
            expect(readAddress(met), met).toBe(text);
          }
        }
      }),
    );
  });

  it('is none where more or less than that stands there', () => {
    for (const text of [
      '',
      ' ',
      'unknown',
      '1.2.3',
      '1.2.3.4:',
      '1.2.3.4:x',
      '1.2.3.4:123456',
      '1.2.3.4:65536',
      '[::1]:99999',
      '1.2.3.4%eth0',
      '[1.2.3.4',
      '[::1',
      '::1]',
      '[::1]x',
      '[::1]443',
      '::1%',
      '%eth0',
      '1.2.3.4, 5.6.7.8',
      '1.2.3.4 ',
      '[[::1]]',
    ])
      expect(readAddress(text), text).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => readAddress(text) === null || parseAddress(readAddress(text) ?? '') !== null));
  });
});

describe('a rule within others', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.0/8'], true],
    ['10.1.0.0/16', ['192.0.2.1', '10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.0.0.0/8'], true],
    ['10.0.0.0/7', ['10.0.0.0/8'], false],
    ['11.0.0.0/8', ['10.0.0.0/8'], false],
    ['0.0.0.0/0', ['10.0.0.0/8'], false],
    ['2001:db8:1::/48', ['2001:db8::/32'], true],
    ['10.0.0.1', ['::/0'], false],
    ['::1', ['0.0.0.0/0'], false],
    ['10.0.0.1', [], false],
    ['here', ['0.0.0.0/0'], false],
    ['10.0.0.1', ['here'], false],
  ])('%s within %j: %s', (rule, rules, expected) => {
    expect(isRuleWithin(rule, rules)).toBe(expected);
  });

  it('admits no address that the others refuse', () => {
    const octet = fc.nat(255);
    const block = fc.tuple(octet, octet, octet, octet, fc.nat(32)).map(([a, b, c, d, prefix]) => {
      const value = ((a << 24) | (b << 16) | (c << 8) | d) & (prefix === 0 ? 0 : -1 << (32 - prefix));
      return `${[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')}/${prefix}`;
    });
    const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    fc.assert(
      fc.property(block, fc.array(block, { maxLength: 3 }), address, (rule, rules, ip) => {
        if (isRuleWithin(rule, rules) && ipAllowed([rule], ip)) expect(rules.length > 0 && ipAllowed(rules, ip)).toBe(true);
      }),
      runs(500),
    );
  });
});

describe('loopback host', () => {
  it.each(['localhost', '127.0.0.1', '127.255.255.254', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    'loopback host: %s is one',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true);
    },
  );

  it.each([
    '',
    'localhost.example',
    'example.localhost',
    '127.1',
    '127.0.0.1.example',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '[::2]',
    '/run/socket',
  ])('loopback host: %j is none', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
