/**
 * An issuer's JWKS, by the key set of jose, which shares a fetch that is under way (in Workers, where a request may not wait for
 * another's, it does not). The times are kept here: jose counts them by the wall clock, which may be set back, and asks a
 * failing issuer again for every token.
 */
import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { UNCACHED } from '../domain/uncached.js';
import { readWithin } from '../domain/utilities/read-within.js';
import type { JwtClock } from './machine-clock.js';

/** The issuer's keys could not be had, so that nothing can be said of a token. */
export class KeysUnavailableError extends Error {}

const TIMEOUT_MS = 5_000;
/** However many tokens name keys that nobody knows, and however often the issuer fails, it is asked no more often than this. */
const COOLDOWN_MS = 30_000;
const RETRY_MS = 5_000;
/** A key that the issuer withdrew is good for no longer than this. */
const FRESH_MS = 10 * 60_000;
const BYTES_MAX = 512 * 1024;

/**
 * Returns the key of a token out of an issuer's JWKS, fetched when it is first needed, when it is ten minutes old, and when a
 * token names a key that is not in it. A `kid` is compared with those of the set and used for nothing else; `jku`, `x5u` and
 * `jwk` are not looked at (RFC 8725, section 3.10). Rejects with a KeysUnavailableError where the set cannot be had.
 */
export function createRemoteKeySet(url: URL, clock: JwtClock): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
    [customFetch]: fetchKeySet,
  });
  let fetchedAt: number | null = null;
  let failedAt: number | null = null;

  const isOlder = (than: number, at: number | null): boolean => at === null || clock.monotonicMs() - at >= than;

  async function refresh(): Promise<void> {
    if (!isOlder(RETRY_MS, failedAt)) throw new KeysUnavailableError();
    try {
      await keys.reload();
    } catch {
      failedAt = clock.monotonicMs();
      throw new KeysUnavailableError();
    }
    fetchedAt = clock.monotonicMs();
    failedAt = null;
  }

  return async (header, token) => {
    if (isOlder(FRESH_MS, fetchedAt)) await refresh();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isOlder(COOLDOWN_MS, fetchedAt)) throw error;
      await refresh();
      return keys(header, token);
    }
  };
}

/** Follows no redirect, as jose asks: the keys come from where the configuration says. */
const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, { ...options, ...UNCACHED });
  if (response.status !== 200) {
    await response.body?.cancel();
    return response;
  }
  const bytes = await readWithin(response.body, BYTES_MAX);
  if (bytes === null) throw new TypeError('The set of keys is too large.');
  return new Response(new TextDecoder().decode(bytes));
};
