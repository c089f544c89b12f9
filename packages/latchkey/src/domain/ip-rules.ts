/**
 * IP rules: the addresses and CIDR blocks from which alone a key may be used.
 *
 * IPv4 in four decimal octets; IPv6 as RFC 4291 writes it, without zone ids. An IPv4-mapped IPv6 address is the
 * IPv4 address. A rule for IPv6 never admits an IPv4 address.
 */
import { readAddress, type CallerAddress } from './caller-address.js';
import { formatAddress, parseAddress, type Address } from './ip-address.js';
import { parsed, unreadable, type Parsed } from './parsed.js';
import { Memo } from './utilities/memo.js';

interface Block {
  readonly network: Address;
  readonly prefix: number;
}

const PREFIX = /^(?:0|[1-9]\d{0,2})$/;
const MAPPED_PREFIX = 96;

/** Blocks by the text of their rule; null for a text that is none. Rules repeat, and parsing is not for the hot path. */
const blocks = new Memo<string, Block | null>(10_000);

/** The rule in its shortest form (RFC 5952; a whole address without its prefix), or what is wrong with it. */
export function parseIpRule(text: string): Parsed<string> {
  const block = parseBlock(text.trim());
  if (!block.ok) return block;
  const { network, prefix } = block.value;
  const address = formatAddress(network);
  return parsed(prefix === network.length * 16 ? address : `${address}/${prefix}`);
}

/**
 * Whether the rules let a caller at `ip` pass: any does, or there are no rules. With rules, an absent address or
 * one that does not parse is refused, and a rule that does not parse admits nobody.
 */
export function ipAllowed(rules: readonly string[], ip: CallerAddress): boolean {
  if (rules.length === 0) return true;
  const address = ip == null ? null : parseAddress(ip);
  if (address === null) return false;
  for (const rule of rules) {
    const block = blockOf(rule);
    if (block !== null && contains(block, address)) return true;
  }
  return false;
}

/** Returns whether every address that `rule` admits is admitted by one of `rules`; false for a rule that does not parse. */
export function isRuleWithin(rule: string, rules: readonly string[]): boolean {
  const inner = blockOf(rule);
  if (inner === null) return false;
  return rules.some((one) => {
    const outer = blockOf(one);
    return outer !== null && outer.prefix <= inner.prefix && contains(outer, inner.network);
  });
}

/** Returns whether the host of a URL or of a connection is this machine: `localhost`, 127.0.0.0/8 or ::1, also in brackets. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || ipAllowed(LOOPBACK, readAddress(host));
}

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** What guessing is counted by: an IPv4 address itself, of an IPv6 address its /64; null for what is no address. */
export function addressGroup(ip: string): string | null {
  const address = parseAddress(ip);
  if (address === null) return null;
  if (address.length === 2) return formatAddress(address);
  return `${formatAddress([...address.slice(0, 4), 0, 0, 0, 0])}/64`;
}

function blockOf(rule: string): Block | null {
  const known = blocks.get(rule);
  if (known !== undefined) return known;
  const block = parseBlock(rule);
  const value = block.ok ? block.value : null;
  blocks.set(rule, value);
  return value;
}

function parseBlock(text: string): Parsed<Block> {
  const slash = text.indexOf('/');
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(addressText);
  if (address === null) return unreadable(whyNoAddress(addressText));
  // A mapped address is the IPv4 address, so the 96 bits before it are no part of the prefix.
  const skipped = address.length === 2 && addressText.includes(':') ? MAPPED_PREFIX : 0;
  const bits = address.length * 16;
  if (slash < 0) return parsed({ network: address, prefix: bits });
  const prefixText = text.slice(slash + 1);
  if (!PREFIX.test(prefixText) || Number(prefixText) > bits + skipped) {
    return unreadable(`Use a prefix length from 0 to ${bits + skipped} after the "/".`);
  }
  if (Number(prefixText) < skipped) {
    return unreadable(`Use a prefix length from ${skipped} to ${bits + skipped} after the "/" of a mapped IPv4 address.`);
  }
  const prefix = Number(prefixText) - skipped;
  const network = address.map((group, index) => group & maskOf(prefix, index));
  if (network.every((group, index) => group === address[index])) return parsed({ network, prefix });
  return unreadable(
    `Use "${formatAddress(network)}/${prefix}" for the block, or "${formatAddress(address)}" for the one address: no bits after the prefix may be set.`,
  );
}

function contains({ network, prefix }: Block, address: Address): boolean {
  if (network.length !== address.length) return false;
  for (let i = 0; i < network.length; i++) {
    if (((address[i] ?? 0) & maskOf(prefix, i)) !== network[i]) return false;
  }
  return true;
}

/** The bits of the 16-bit group at `index` that a prefix covers. */
function maskOf(prefix: number, index: number): number {
  const covered = Math.min(Math.max(prefix - index * 16, 0), 16);
  return (0xffff << (16 - covered)) & 0xffff;
}

function whyNoAddress(text: string): string {
  if (text.includes('%')) return 'Use an address without a zone id: leave out the "%" and what follows it.';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text) && /(?:^|\.)0\d/.test(text)) {
    return 'Use no leading zeros, which some programs read as octal: 10.0.0.1, not 010.0.0.01.';
  }
  return 'Use an IPv4 or IPv6 address or a CIDR block, such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32".';
}
