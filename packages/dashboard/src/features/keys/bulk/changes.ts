/** The words of each change of all keys that match. */
import { formatCount } from '../../../ui/text/format.js';

export type Change = 'revoke' | 'disable' | 'extend';

interface Words {
  /** Of so many keys: `2 keys`. */
  readonly title: (keys: string) => string;
  readonly confirm: (keys: string) => string;
  readonly done: (keys: string) => string;
  /** The subject of "holds everywhere". */
  readonly what: string;
  readonly effect: string;
  /** The keys that match and are left out of the count. */
  readonly without: string;
  readonly danger: boolean;
}

export const WORDS: Readonly<Record<Change, Words>> = {
  revoke: {
    title: (keys) => `Revoke ${keys} that match?`,
    confirm: (keys) => `Revoke ${keys}`,
    done: (keys) => `${keys} revoked`,
    what: 'The revocation',
    effect: 'This is permanent. The service refuses every request with a token of these keys from then on.',
    without: 'Keys that are revoked already do not count.',
    danger: true,
  },
  disable: {
    title: (keys) => `Disable ${keys} that match?`,
    confirm: (keys) => `Disable ${keys}`,
    done: (keys) => `${keys} disabled`,
    what: 'The change',
    effect: 'The service refuses the tokens of these keys until each key is enabled again.',
    without: 'Keys that are disabled, revoked or expired already do not count.',
    danger: true,
  },
  extend: {
    title: (keys) => `Set the expiry of ${keys} that match?`,
    confirm: (keys) => `Set the expiry of ${keys}`,
    done: (keys) => `Expiry of ${keys} set`,
    what: 'The change',
    effect: 'Every key gets this expiry, also a key that expires later now, or never.',
    without: 'Keys that are revoked or expired already do not count.',
    danger: false,
  },
};

/** `all keys` while they are not counted. */
export function keysInWords(count: number | undefined): string {
  return count === undefined ? 'all keys' : count === 1 ? 'the 1 key' : `all ${formatCount(count, 'key')}`;
}
