/**
 * IP addresses as groups of 16 bits, from text and to text. Linear time, no regular expressions.
 *
 * Written by hand, because a verification reads one: ipaddr.js (2.5) takes ten times as long to check an address against three
 * blocks, adds 4 kB to a Worker, and accepts `010.0.0.1` (as 8.0.0.1), `127.1` and `0x7f.1`. Workers lack `net.BlockList`. The
 * tests compare every answer with `net.isIP`, with the URL parser and with arithmetic on whole numbers.
 */

/** Two groups for IPv4, eight for IPv6. */
export type Address = readonly number[];

const TEXT_LENGTH_MAX = 45;
const GROUPS = 8;

const COLON = 58;
const DOT = 46;

/**
 * The address, or null where the text is none. IPv4: four decimal octets without leading zeros (some programs read
 * those as octal). IPv6: RFC 4291, section 2.2; no zone id. An IPv4-mapped IPv6 address gives the IPv4 address.
 */
export function parseAddress(text: string): Address | null {
  if (text.length > TEXT_LENGTH_MAX) return null;
  return text.includes(':') ? unmapped(parseIpv6(text)) : parseIpv4(text, 0);
}

/** The canonical text (for IPv6, RFC 5952: lower case, the first longest run of zero groups as `::`). */
export function formatAddress(address: Address): string {
  if (address.length === 2) return address.map((group) => `${group >> 8}.${group & 255}`).join('.');
  let runStart = -1;
  let runLength = 1;
  for (let start = 0; start < GROUPS; start++) {
    let end = start;
    while (end < GROUPS && address[end] === 0) end += 1;
    if (end - start > runLength) {
      runStart = start;
      runLength = end - start;
    }
  }
  const hex = address.map((group) => group.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}

function parseIpv4(text: string, from: number): Address | null {
  let value = 0;
  let octets = 0;
  let start = from;
  for (let i = from; i <= text.length; i++) {
    if (i < text.length && text.charCodeAt(i) !== DOT) continue;
    const octet = decimalOctet(text, start, i);
    if (octet < 0) return null;
    value = value * 256 + octet;
    octets += 1;
    start = i + 1;
  }
  return octets === 4 ? [Math.floor(value / 65_536), value % 65_536] : null;
}

function decimalOctet(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(start) === 48)) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= 255 ? value : -1;
}

function parseIpv6(text: string): Address | null {
  const groups: number[] = [];
  let gapAt = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gapAt = 0;
    at = 2;
  }
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const end = colon < 0 ? text.length : colon;
    if (colon < 0 && text.indexOf('.', at) >= 0) {
      const tail = parseIpv4(text, at);
      if (tail === null) return null;
      groups.push(...tail);
      break;
    }
    const group = hexGroup(text, at, end);
    if (group < 0) return null;
    groups.push(group);
    if (colon < 0) break;
    at = colon + 1;
    if (text.charCodeAt(at) === COLON) {
      if (gapAt >= 0) return null;
      gapAt = groups.length;
      at += 1;
    } else if (at === text.length) {
      return null;
    }
  }
  if (gapAt < 0) return groups.length === GROUPS ? groups : null;
  // "::" stands for at least one group of zeros.
  if (groups.length >= GROUPS) return null;
  return [...groups.slice(0, gapAt), ...Array<number>(GROUPS - groups.length).fill(0), ...groups.slice(gapAt)];
}

function hexGroup(text: string, start: number, end: number): number {
  if (end - start < 1 || end - start > 4) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return code >= 65 && code <= 70 ? code - 55 : -1;
}

function unmapped(address: Address | null): Address | null {
  if (address === null || address[5] !== 0xffff) return address;
  for (let i = 0; i < 5; i++) if (address[i] !== 0) return address;
  return address.slice(6);
}
