import type { VerifiedKey } from '../domain/verdict.js';

/** The headers in which a proxy is told whose request it is. */
export const IDENTITY_HEADERS = [
  'X-Latchkey-Key-Id',
  'X-Latchkey-Key-Name',
  'X-Latchkey-Owner',
  'X-Latchkey-Tier',
  'X-Latchkey-Environment',
  'X-Latchkey-Scopes',
] as const;

const NONE = '-';

/**
 * All identity headers, always: a proxy that is told nothing of a header may let the one through that the
 * client sent, and some take an empty one for absent. What there is none of is `-`; scopes are separated by
 * spaces; names, owners and tiers are percent-encoded UTF-8 wherever they are more than visible ASCII.
 */
export function identityHeaders(key: VerifiedKey): Record<(typeof IDENTITY_HEADERS)[number], string> {
  return {
    'X-Latchkey-Key-Id': key.id,
    'X-Latchkey-Key-Name': encodeHeaderText(key.name),
    'X-Latchkey-Owner': encodeHeaderText(key.owner),
    'X-Latchkey-Tier': key.tier === null ? NONE : encodeHeaderText(key.tier),
    'X-Latchkey-Environment': key.environment,
    'X-Latchkey-Scopes': key.scopes.length === 0 ? NONE : key.scopes.map(encodeHeaderText).join(' '),
  };
}

/** `text` as visible ASCII, from which decodeURIComponent gives it back. Never empty, and never the `-` that means none. */
export function encodeHeaderText(text: string): string {
  if (text === '') return NONE;
  if (text === NONE) return '%2D';
  // A lone surrogate has no UTF-8; the `u` flag makes the class match none but those.
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd').replace(/[^\x21-\x24\x26-\x7e]+/gu, (part) => encodeURIComponent(part));
}
