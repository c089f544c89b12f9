/**
 * From a token that is not in the cache to its credential: format and checksum first, then one read by
 * digest, and only where such secrets were imported the ways of foreign tokens.
 */
import { hmacSha256, sha256 } from '../domain/credential-digest.js';
import type { Digest } from '../domain/digest.js';
import type { Credential } from '../domain/key.js';
import { MAX_TOKEN_LENGTH, parseToken } from '../domain/token.js';
import type { ForeignTokens, KeyStore } from '../ports/key-store.js';
import type { SlowHashes } from '../ports/slow-hashes.js';
import { type CachedCredential, createCredentialMaker } from './cached-credential.js';
import type { CredentialCache } from './credential-cache.js';
import type { PepperSetting } from './settings.js';
import type { UnknownTokens } from './unknown-tokens.js';

export interface CredentialFinder {
  /** The credential; `malformed` or `unknown` where there is none. Rejects with an UnavailableError. */
  find(token: string, index: string): Promise<CachedCredential | 'malformed' | 'unknown'>;
  /** What `find` would answer, without leaving a trace: nothing is cached, noted or rewritten. */
  inspect(token: string): Promise<CachedCredential | 'malformed' | 'unknown'>;
  /** After keys were imported: reads anew what foreign tokens there are. */
  refreshForeign(): Promise<void>;
}

export interface FinderParts {
  readonly keys: KeyStore;
  readonly slowHashes: SlowHashes;
  readonly cache: CredentialCache;
  readonly unknown: UnknownTokens;
  readonly peppers: readonly PepperSetting[];
  /** Rewrites a secret that is not stored as it would be today. Must not reject. */
  readonly upgrade: (credential: Credential, token: string) => Promise<void>;
}

/** Credentials that may share one locator; an import that would make it more is refused. */
export const MAX_PER_LOCATOR = 5;

type Found = CachedCredential | 'unknown';

export async function createCredentialFinder(parts: FinderParts): Promise<CredentialFinder> {
  const { keys, cache, unknown, peppers } = parts;
  const makeCredential = createCredentialMaker();
  const flights = new Map<string, { readonly sequence: number; readonly result: Promise<Found> }>();
  let foreign: ForeignTokens = await keys.readForeign();

  async function read(token: string, index: string, isForeign: boolean): Promise<Found> {
    const readAt = cache.sequence;
    const credential = await readCredential(token, isForeign);
    if (credential === null) {
      // Noted only if nothing changed meanwhile: an import may just have made this token good.
      if (cache.sequence === readAt) unknown.add(index);
      return 'unknown';
    }
    if (isOutdated(credential)) await parts.upgrade(credential, token);
    const cached = makeCredential(credential, readAt);
    cache.put(index, cached);
    return cached;
  }

  async function readCredential(token: string, isForeign: boolean): Promise<Credential | null> {
    return (await keys.findByDigests(digestsOf(token))) ?? (isForeign ? findBySlowHash(token) : null);
  }

  function isMalformed(token: string, isForeign: boolean): boolean {
    return isForeign && (!foreign.any || token.length > MAX_TOKEN_LENGTH);
  }

  function digestsOf(token: string): readonly Digest[] {
    if (peppers.length === 0) return [sha256(token)];
    const peppered = peppers.map((pepper) => hmacSha256(token, pepper.secret));
    // Secrets from before the first pepper, and imported ones, stay plain until their next use.
    return [...peppered, sha256(token)];
  }

  function isOutdated({ secret, key }: Credential): boolean {
    if (key.revokedAt !== null) return false;
    const newest = peppers[0];
    return newest ? secret.pepperId !== newest.id : secret.scheme !== 'sha256';
  }

  async function findBySlowHash(token: string): Promise<Credential | null> {
    const locators = foreign.locatorShapes.map((shape) => locatorOf(shape, token)).filter((locator) => locator !== null);
    if (locators.length === 0) return null;
    const candidates = await keys.findByLocators(locators, MAX_PER_LOCATOR * locators.length);
    for (const candidate of candidates) {
      const { scheme, encoded } = candidate.secret;
      if ((scheme === 'bcrypt' || scheme === 'argon2id') && encoded !== null && (await parts.slowHashes.matches(scheme, encoded, token))) {
        return candidate;
      }
    }
    return null;
  }

  return {
    async find(token, index) {
      const isForeign = parseToken(token) === null;
      if (isMalformed(token, isForeign)) return 'malformed';
      if (unknown.has(index)) return 'unknown';
      const flight = flights.get(index);
      // A read that began before the last invalidation may have seen what is no longer true: not joined.
      if (flight?.sequence === cache.sequence) return flight.result;
      const result = read(token, index, isForeign);
      const mine = { sequence: cache.sequence, result };
      flights.set(index, mine);
      try {
        return await result;
      } finally {
        if (flights.get(index) === mine) flights.delete(index);
      }
    },
    async inspect(token) {
      const isForeign = parseToken(token) === null;
      if (isMalformed(token, isForeign)) return 'malformed';
      const readAt = cache.sequence;
      const credential = await readCredential(token, isForeign);
      return credential === null ? 'unknown' : makeCredential(credential, readAt);
    },
    async refreshForeign() {
      foreign = await keys.readForeign();
      unknown.clear();
    },
  };
}

/** `start:8:abcdefgh` for the shape `start:8` and a token that begins so; null where the token is too short. */
function locatorOf(shape: string, token: string): string | null {
  const [end, digits] = shape.split(':');
  const length = Number(digits);
  if (!Number.isInteger(length) || token.length <= length) return null;
  return `${shape}:${end === 'start' ? token.slice(0, length) : token.slice(-length)}`;
}
