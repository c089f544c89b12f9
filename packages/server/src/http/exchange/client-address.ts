import { ConfigurationError } from 'latchkey';
import { Memo } from 'latchkey/internal';
import { ipAllowed, parseIpRule, readAddress, type CallerAddress } from 'latchkey/edge';

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
  /** The client's address, in canonical form; null where it cannot be read, undefined where there is no connection. */
  of(origin: Origin): CallerAddress;
  /** Whether what the peer says of the request may be believed. */
  isTrusted(peer: string | undefined): boolean;
}

/**
 * Finds out who asks, when proxies stand between. Only what a trusted proxy wrote counts: `X-Forwarded-For` is
 * walked from the right, and the first hop that is no trusted proxy is the client. What stands to the left of it
 * the client itself may have written. A trusted proxy that names nobody, or nobody that can be read, is not the client:
 * then there is no address.
 *
 * Throws a ConfigurationError for a proxy that is neither an address nor a CIDR block.
 */
export function createClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const rules = readRules(trustedProxies);
  const hopOf = remember((text) => {
    const address = readAddress(text);
    return address === null ? null : { text: canonical(address), isProxy: rules.length > 0 && ipAllowed(rules, address) };
  });

  return {
    of({ peer, forwardedFor = '' }) {
      if (peer === undefined) return undefined;
      let client = hopOf(peer);
      let end = forwardedFor.length;
      while (client?.isProxy === true && end >= 0) {
        const comma = forwardedFor.lastIndexOf(',', end - 1);
        client = hopOf(forwardedFor.slice(comma + 1, end).trim());
        end = comma;
      }
      return client === null ? null : client.text;
    },
    isTrusted(peer) {
      return peer !== undefined && hopOf(peer)?.isProxy === true;
    },
  };
}

/** Texts that are remembered, and how long one may be: the longest address with zone and port is shorter. */
const REMEMBERED_MAX = 4_096;
const REMEMBERED_LENGTH_MAX = 64;

/** Reading an address costs more than everything else that is asked of it, and the same ones come again and again. */
function remember(read: (text: string) => Hop | null): (text: string) => Hop | null {
  const known = new Memo<string, Hop | null>(REMEMBERED_MAX);
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const hop = read(text);
    if (text.length > REMEMBERED_LENGTH_MAX) return hop;
    known.set(text, hop);
    return hop;
  };
}

/** IPv4 addresses in their IPv6 clothing are IPv4 addresses. */
function canonical(address: string): string {
  const rule = parseIpRule(address);
  return rule.ok ? rule.value : address;
}

function readRules(trustedProxies: readonly string[]): readonly string[] {
  const problems: string[] = [];
  const rules = trustedProxies.map((text) => {
    const rule = parseIpRule(text);
    if (rule.ok) return rule.value;
    problems.push(`trustedProxies: ${JSON.stringify(text)}: ${rule.problem}`);
    return text;
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return rules;
}
