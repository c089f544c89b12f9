import ipaddr from 'ipaddr.js';
import { ConfigurationError } from 'latchkey';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = [Address, number];

/** An address as it was read: in canonical form, and whether it is one of a trusted proxy. */
interface Hop {
  readonly text: string;
  readonly isProxy: boolean;
}

/** What is known of where a request came from. */
export interface Origin {
  /** The address at the other end of the connection; undefined where there is no connection. */
  readonly peer: string | undefined;
  /** `X-Forwarded-For`, all of its lines joined by commas; undefined when not sent. */
  readonly forwardedFor: string | undefined;
}

export interface ClientAddresses {
  /** The client's address, in canonical form; undefined where there is none to be had. */
  of(origin: Origin): string | undefined;
  /** Whether what the peer says of the request may be believed. */
  isTrusted(peer: string | undefined): boolean;
}

/**
 * Finds out who asks, when proxies stand between. Only what a trusted proxy wrote counts: `X-Forwarded-For` is
 * walked from the right, and the first hop that is no trusted proxy is the client. What stands to the left of it
 * the client itself may have written. A hop that is no address ends the walk at the peer.
 *
 * Throws a ConfigurationError for a proxy that is neither an address nor a CIDR block.
 */
export function createClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const blocks = trustedProxies.map(readBlock);
  const judge = (address: Address | null): Hop | null =>
    address === null ? null : { text: address.toString(), isProxy: blocks.some((block) => contains(block, address)) };
  const peerOf = remember((text) => judge(readAddress(text)));
  const hopOf = remember((text) => judge(readHop(text)));

  return {
    of({ peer, forwardedFor }) {
      const near = peer === undefined ? null : peerOf(peer);
      if (near === null) return undefined;
      if (forwardedFor === undefined || !near.isProxy) return near.text;
      let client = near;
      for (let end = forwardedFor.length; end >= 0;) {
        const comma = forwardedFor.lastIndexOf(',', end - 1);
        const hop = hopOf(forwardedFor.slice(comma + 1, end).trim());
        if (hop === null) return near.text;
        client = hop;
        if (!hop.isProxy || comma < 0) break;
        end = comma;
      }
      return client.text;
    },
    isTrusted(peer) {
      return peer !== undefined && blocks.length > 0 && peerOf(peer)?.isProxy === true;
    },
  };
}

/** Texts that are remembered, and how long one may be: the longest address with zone and port is shorter. */
const REMEMBERED_MAX = 4_096;
const REMEMBERED_LENGTH_MAX = 64;

/** Reading an address costs more than everything else that is asked of it, and the same ones come again and again. */
function remember(read: (text: string) => Hop | null): (text: string) => Hop | null {
  const known = new Map<string, Hop | null>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const hop = read(text);
    if (text.length > REMEMBERED_LENGTH_MAX) return hop;
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(text, hop);
    return hop;
  };
}

/** IPv4 addresses in their IPv6 clothing are IPv4 addresses; zones are left out. */
function readAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function readHop(text: string): Address | null {
  const match = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(text);
  return readAddress(match?.[1] ?? match?.[2] ?? text);
}

function readBlock(text: string): Block {
  const [address = '', prefix, ...rest] = text.split('/');
  const base = readAddress(address);
  const bits = base?.kind() === 'ipv4' ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (base === null || rest.length > 0 || !(length <= bits)) {
    throw new ConfigurationError([
      `trustedProxies: ${JSON.stringify(text)} is neither an address nor a block; use one such as "10.0.0.0/8" or "::1".`,
    ]);
  }
  return [base, length];
}

function contains([base, length]: Block, address: Address): boolean {
  if (base instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(base, length);
  return address instanceof ipaddr.IPv6 && address.match(base, length);
}
