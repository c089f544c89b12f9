/** Where a call came from, as sockets, frameworks and proxies write it. */
import { parseAddress } from './ip-address.js';

/** Where a request came from: null where the caller's address cannot be read, undefined where nobody says anything of it. */
export type CallerAddress = string | null | undefined;

/**
 * Returns the address within what sockets, frameworks and proxies write: the bare address, without a port (`192.0.2.1:4711`,
 * `[2001:db8::1]:4711`), brackets and zone (`fe80::1%eth0`). Null where there is none.
 */
export function readAddress(text: string): string | null {
  if (parseAddress(text) !== null) return text;
  const bare = withoutZone(withoutPort(text));
  return parseAddress(bare) === null ? null : bare;
}

function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const after = text.slice(end + 1);
    return after === '' || isPort(after) ? text.slice(1, end) : text;
  }
  const colon = text.indexOf(':');
  return colon >= 0 && isPort(text.slice(colon)) ? text.slice(0, colon) : text;
}

function isPort(text: string): boolean {
  return /^:\d{1,5}$/.test(text) && Number(text.slice(1)) <= 65_535;
}

/** RFC 4007, section 11: only IPv6 has zones. */
function withoutZone(text: string): string {
  const percent = text.indexOf('%');
  return percent >= 0 && percent < text.length - 1 && text.includes(':') ? text.slice(0, percent) : text;
}
