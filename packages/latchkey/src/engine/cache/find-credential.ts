/**
 * From a token that is not in the cache to its credential: format and checksum first, then one read by
 * digest, and only where such secrets were imported the ways of foreign tokens.
 *
 * engine/cache/ owns the way from a token to its credential: the cache, the look-up, and what bounds those who guess.
 */
import { BOUNDS } from '../../domain/bounds.js';
import { UnavailableError } from '../../domain/errors.js';
import type { CallerAddress } from '../../domain/caller-address.js';
import type { Credential } from '../../domain/key.js';
import { parseToken } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { Coherence } from '../../ports/coherence.js';
import type { KeyStore } from '../../ports/key-store.js';
import { type CachedCredential, createCredentialMaker } from './cached-credential.js';
import type { CredentialCache } from './credential-cache.js';
import type { ForeignTokenTable } from './foreign-tokens.js';
import type { Pepper } from '../runtime/settings.js';
import type { Guessed, SlowLookup } from './slow-lookup.js';
import { digestsOf } from './token-digests.js';
import type { UnknownTokens } from './unknown-tokens.js';

export interface CredentialFinder {
  /**
   * The credential; where there is none, `malformed`, `unknown`, or a guess that is counted already. `ip` is the
   * caller's address. Rejects with an UnavailableError.
   */
  find(token: string, index: string, ip: CallerAddress): Promise<CachedCredential | Guessed | 'malformed' | 'unknown'>;
  /** What `find` would answer, without leaving a trace: nothing is cached, noted or rewritten. */
  inspect(token: string): Promise<CachedCredential | 'malformed' | 'unknown'>;
  /** The credential of a secret by its id, read from the store and not cached; null where there is none. */
  inspectSecret(secretId: string): Promise<CachedCredential | null>;
}

export interface FinderParts {
  readonly keys: KeyStore;
  readonly slowLookup: SlowLookup;
  readonly cache: CredentialCache;
  readonly coherence: Pick<Coherence, 'mayServe'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly unknown: UnknownTokens;
  readonly foreign: ForeignTokenTable;
  readonly peppers: readonly Pepper[];
  /** Rewrites a secret that is not stored as it would be today. Must not reject. */
  readonly upgrade: (credential: Credential, token: string) => Promise<void>;
}

type Found = CachedCredential | Guessed | 'unknown';

/** A read under way, which others that want the same may join. */
interface Flight {
  /** The number of the last invalidation when it began. */
  readonly sequence: number;
  /** On whose account it is. */
  readonly ip: CallerAddress;
  readonly result: Promise<Found>;
}

/** Whether what was found is no credential, but counted as a guess. */
export function isGuessed(found: CachedCredential | Guessed | string): found is Guessed {
  return typeof found === 'object' && 'retryAfterMs' in found;
}

export function createCredentialFinder(parts: FinderParts): CredentialFinder {
  const { keys, cache, coherence, unknown, foreign, peppers } = parts;
  const makeCredential = createCredentialMaker();
  const flights = new Map<string, Flight>();

  async function read(token: string, index: string, ip: CallerAddress): Promise<Found> {
    const readAt = cache.sequence;
    const credential = await readCredential(token, ip);
    if (credential === null || 'retryAfterMs' in credential) {
      const tried = credential === null || credential.retryAfterMs === null;
      // Noted only if nothing changed meanwhile: an import may just have made this token good.
      if (tried && cache.sequence === readAt) unknown.add(index);
      return credential ?? 'unknown';
    }
    if (isOutdated(credential)) await parts.upgrade(credential, token);
    const cached = makeCredential(credential, readAt);
    cache.put(index, cached);
    return cached;
  }

  async function readCredential(token: string, ip: CallerAddress): Promise<Credential | Guessed | null> {
    const byDigest = await keys.findByDigests(digestsOf(token, peppers));
    if (byDigest !== null || parseToken(token) !== null) return byDigest;
    const { locatorShapes } = foreign.known ?? (await foreign.read());
    return parts.slowLookup(token, locatorShapes, ip);
  }

  function isMalformed(token: string): boolean {
    return (foreign.known?.any === false || token.length > BOUNDS.tokenLength) && parseToken(token) === null;
  }

  function isOutdated({ secret, key }: Credential): boolean {
    if (key.revokedAt !== null) return false;
    const newest = peppers[0];
    return newest ? secret.pepperId !== newest.id : secret.scheme !== 'sha256';
  }

  /** What a flight came to that the caller may share: not a refusal of the address of whoever began it. */
  async function join(flight: Flight, ip: CallerAddress): Promise<Found | null> {
    try {
      const found = await flight.result;
      return flight.ip !== ip && isGuessed(found) && found.retryAfterMs !== null ? null : found;
    } catch (error) {
      if (flight.ip !== ip && error instanceof UnavailableError && error.dependency === 'hashing') return null;
      throw error;
    }
  }

  return {
    async find(token, index, ip) {
      if (isMalformed(token)) return 'malformed';
      if (unknown.has(index)) return 'unknown';
      // A read that began before the last invalidation may have seen what is no longer true: not joined. Nor is any by a
      // node without a lease, which does not hear of invalidations.
      const mayJoin = (flight: Flight | undefined): flight is Flight =>
        flight !== undefined && flight.sequence === cache.sequence && coherence.mayServe();
      for (let flight = flights.get(index); mayJoin(flight); flight = flights.get(index)) {
        const shared = await join(flight, ip);
        if (shared !== null) return shared;
        if (flights.get(index) === flight) flights.delete(index);
      }
      const mine = { sequence: cache.sequence, ip, result: read(token, index, ip) };
      flights.set(index, mine);
      try {
        return await mine.result;
      } finally {
        if (flights.get(index) === mine) flights.delete(index);
      }
    },
    async inspect(token) {
      if (isMalformed(token)) return 'malformed';
      const readAt = cache.sequence;
      const credential = await readCredential(token, undefined);
      return credential === null || 'retryAfterMs' in credential ? 'unknown' : makeCredential(credential, readAt);
    },
    async inspectSecret(secretId) {
      const readAt = cache.sequence;
      const credential = await keys.findBySecret(secretId);
      return credential === null ? null : makeCredential(credential, readAt);
    },
  };
}
