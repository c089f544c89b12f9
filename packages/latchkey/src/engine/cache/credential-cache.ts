/**
 * What a node remembers of credentials, and the one rule by which it forgets.
 *
 * Every invalidation has a number. An entry carries the number that was current when the read that made it
 * began; a table keeps, for each key, owner and tier (hashed to a slot), the number of its last invalidation.
 * An entry is good while none of its slots has a later number. So a read that was under way when its key
 * changed is refused by the same comparison that forgets what was cached before, an invalidation costs
 * the same whatever it touches, and nothing has to be searched or listened for. Two things that share a
 * slot cost a needless read, never a stale answer.
 *
 * Bounded: of `maxKeys` entries, at least the half that was used last is kept.
 */
import { RecentMap } from '../../domain/utilities/recent-map.js';
import type { CachedCredential } from './cached-credential.js';
import { SLOT_BITS, SLOT_MASK, type Touched, invalidationSlotOf } from './slots.js';

export interface CredentialCache {
  /** The number of the last invalidation: to be noted before a read begins, and handed to `put`. */
  readonly sequence: number;
  /** The entry, if nothing that it depends on was invalidated since its read began. */
  get(index: string): CachedCredential | undefined;
  /** Keeps what a read found. One that an invalidation has overtaken is kept in vain: it is never served. */
  put(index: string, credential: CachedCredential): void;
  /** Whether nothing that it depends on was invalidated since its read began. */
  isCurrent(credential: CachedCredential): boolean;
  /** From this call on, nothing read before it that depends on `touched` is served or kept. */
  invalidate(touched: Touched): void;
  /** From this call on, nothing read before it is served or kept. */
  invalidateAll(): void;
  readonly size: number;
}

export function createCredentialCache(maxKeys: number): CredentialCache {
  const entries = new RecentMap<string, CachedCredential>(Math.max(1, Math.floor(maxKeys / 2)));
  const lastInvalidation = new Float64Array(1 << SLOT_BITS);
  let sequence = 0;
  let floor = 0;

  function isCurrent(credential: CachedCredential): boolean {
    const readAt = credential.readAt;
    const slots = credential.slots;
    return (
      readAt >= floor &&
      (lastInvalidation[slots & SLOT_MASK] as number) <= readAt &&
      (lastInvalidation[slots >>> SLOT_BITS] as number) <= readAt &&
      (lastInvalidation[credential.profile.tierSlot] as number) <= readAt
    );
  }

  return {
    get sequence() {
      return sequence;
    },
    get size() {
      return entries.size;
    },
    get(index) {
      const credential = entries.get(index);
      if (credential === undefined || isCurrent(credential)) return credential;
      entries.delete(index);
      return undefined;
    },
    isCurrent,
    put: (index, credential) => entries.set(index, credential),
    invalidate({ type, id }) {
      lastInvalidation[invalidationSlotOf(type, id)] = ++sequence;
    },
    invalidateAll() {
      floor = ++sequence;
      entries.clear();
    },
  };
}
