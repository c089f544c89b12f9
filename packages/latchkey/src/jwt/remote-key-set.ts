import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { UNCACHED } from '../domain/uncached.js';
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
 * The key of a token out of an issuer's JWKS, fetched when it is first needed, when it is ten minutes old, and when a token names a
 * key that is not in it. A `kid` is compared with those of the set and used for nothing else; `jku`, `x5u` and `jwk` are
 * not looked at (RFC 8725 section 3.10). Rejects with a KeysUnavailableError where the set cannot be had.
 */
export function createRemoteKeySet(url: URL, clock: JwtClock): JWTVerifyGetKey {
  let keys: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly fetchedAt: number } | null = null;
  let failedAt: number | null = null;
  let pending: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    if (failedAt !== null && clock.monotonicMs() - failedAt < RETRY_MS) throw new KeysUnavailableError();
    pending ??= fetchKeySet(url)
      .then(
        (set) => {
          keys = { find: createLocalJWKSet(set), fetchedAt: clock.monotonicMs() };
          failedAt = null;
        },
        () => {
          failedAt = clock.monotonicMs();
          throw new KeysUnavailableError();
        },
      )
      .finally(() => (pending = null));
    return pending;
  }

  return async (header, token) => {
    if (keys === null || clock.monotonicMs() - keys.fetchedAt >= FRESH_MS) await refresh();
    if (keys === null) throw new KeysUnavailableError();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || clock.monotonicMs() - keys.fetchedAt < COOLDOWN_MS) throw error;
      await refresh();
      return keys.find(header, token);
    }
  };
}

/** Follows no redirect: the keys come from where the configuration says. */
async function fetchKeySet(url: URL): Promise<JSONWebKeySet> {
  const init: RequestInit = {
    ...UNCACHED,
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const response = await fetch(url, init);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new TypeError('The issuer did not answer its keys.');
  }
  const set = JSON.parse(await readText(response)) as JSONWebKeySet;
  // Judges the outline, and throws where it is none.
  createLocalJWKSet(set);
  return set;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return text + decoder.decode();
    size += value.byteLength;
    if (size > BYTES_MAX) {
      await reader?.cancel();
      throw new TypeError('The set of keys is too large.');
    }
    text += decoder.decode(value, { stream: true });
  }
}
