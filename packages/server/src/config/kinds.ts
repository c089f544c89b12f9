/** The kinds of values that only settings of the service take. */
import { estimateSecretBits, ONLINE_SECRET_BITS, parseIpRule } from 'latchkey/edge';
import { list, text, type Kind } from 'latchkey/internal';

/** An IP address or a host name to listen on. */
export const listenHost = text('use an address or host name to listen on, such as 127.0.0.1, or 0.0.0.0 for every network', {
  accepts: /^[A-Za-z0-9._:-]{1,253}$/,
  noun: 'address',
  placeholder: '<address>',
});

export const path = text('use the path of a file', { accepts: /./, noun: 'path', placeholder: '<path>' });

/** At least 16 visible ASCII characters that nobody guesses over the network. */
export const adminKey = text('use at least 16 visible ASCII characters without spaces that are hard to guess (openssl rand -base64 32)', {
  accepts: (key) => /^[\x21-\x7e]{16,512}$/.test(key) && estimateSecretBits(key) >= ONLINE_SECRET_BITS,
});

/** A URL, absolute or, where `accepts` lets it be, a path of this service. Kept as it was written. */
export function url(remedy: string, accepts: (address: URL, given: string) => boolean): Kind<string> {
  const fits = (given: string): boolean => URL.canParse(given, OWN) && accepts(new URL(given, OWN), given);
  return text(remedy, { accepts: fits, noun: 'URL', placeholder: '<url>' });
}

/** What a path is of. */
const OWN = 'path://service';

/** A list of texts, each of which `accepts` lets be. */
export function listOf(remedy: string, accepts: (item: string) => boolean = () => true): Kind<readonly string[]> {
  return list({ remedy, whyNot: (item) => (accepts(item) ? null : remedy) });
}

/** An IP address, or a block of them in CIDR notation. */
export function isAddressBlock(item: string): boolean {
  return parseIpRule(item).ok;
}
