/**
 * Finding the secret of a token by bcrypt or argon2id: what an index on a few of its characters leaves to be tried.
 *
 * Computing a hash is dear, so it is granted, not given: each look-up counts as a guess of the caller's address
 * before anything is computed, and is taken back only where the token was good. Owns who may have a hash computed;
 * how many run in all is the affair of the SlowHashes port.
 */
import { UnavailableError } from '../../domain/errors.js';
import type { CallerAddress } from '../../domain/caller-address.js';
import type { Credential } from '../../domain/key.js';
import type { Clock } from '../../ports/clock.js';
import type { KeyStore } from '../../ports/key-store.js';
import type { SlowHashes } from '../../ports/slow-hashes.js';
import type { GuessThrottle } from './guess-throttle.js';
import { createHashingPlaces } from './hashing-places.js';

/** Credentials that may share one locator; an import that would make it more is refused. */
export const MAX_PER_LOCATOR = 5;

/** A token that was counted as a guess: tried in vain, or, with a wait, not tried as its address guessed too often. */
export interface Guessed {
  readonly retryAfterMs: number | null;
}

/** Null where nothing was to be tried. Rejects with an UnavailableError; one for want of a place stays counted. */
export type SlowLookup = (token: string, shapes: readonly string[], ip: CallerAddress) => Promise<Credential | Guessed | null>;

export interface SlowLookupParts {
  readonly keys: KeyStore;
  readonly slowHashes: SlowHashes;
  readonly throttle: GuessThrottle;
  readonly clock: Clock;
}

export function createSlowLookup({ keys, slowHashes, throttle, clock }: SlowLookupParts): SlowLookup {
  const places = createHashingPlaces();

  async function matches({ secret }: Credential, token: string, ip: CallerAddress): Promise<boolean> {
    const { scheme, encoded, locator } = secret;
    if ((scheme !== 'bcrypt' && scheme !== 'argon2id') || encoded === null) return false;
    const giveBack = places.take(locator ?? '', ip);
    if (giveBack === null) throw new UnavailableError('hashing');
    try {
      return await slowHashes.matches(scheme, encoded, token);
    } finally {
      giveBack();
    }
  }

  return async (token, shapes, ip) => {
    const locators = shapes.map((shape) => locatorOf(shape, token)).filter((locator) => locator !== null);
    if (locators.length === 0) return null;
    const candidates = await keys.findByLocators(locators, MAX_PER_LOCATOR * locators.length);
    if (candidates.length === 0) return null;
    const now = clock.now();
    const retryAfterMs = ip === undefined ? null : throttle.count(ip, now);
    if (retryAfterMs !== null) return { retryAfterMs };
    for (const candidate of candidates) {
      if (!(await matches(candidate, token, ip))) continue;
      if (ip !== undefined) throttle.forgive(ip, now);
      return candidate;
    }
    return { retryAfterMs: null };
  };
}

/** `start:8:abcdefgh` for the shape `start:8` and a token that begins so; null where the token is too short. */
function locatorOf(shape: string, token: string): string | null {
  const [end, digits] = shape.split(':');
  const length = Number(digits);
  if (!Number.isInteger(length) || token.length <= length) return null;
  return `${shape}:${end === 'start' ? token.slice(0, length) : token.slice(-length)}`;
}
