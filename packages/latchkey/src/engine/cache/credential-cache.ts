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
 * Bounded by two generations: when the young one is full it becomes the old one, and the old one is gone; an
 * entry that is used moves back to the young. At least half of the bound is kept, without a list to maintain.
 */
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
  const generationSize = Math.max(1, Math.floor(maxKeys / 2));
  const lastInvalidation = new Float64Array(1 << SLOT_BITS);
  let young = new Map<string, CachedCredential>();
  let old = new Map<string, CachedCredential>();
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

  function keep(index: string, credential: CachedCredential): void {
    if (young.size >= generationSize) {
      old = young;
      young = new Map();
    }
    young.set(index, credential);
  }

  return {
    get sequence() {
      return sequence;
    },
    get size() {
      return young.size + old.size;
    },
    get(index) {
      let credential = young.get(index);
      if (credential === undefined) {
        credential = old.get(index);
        if (credential === undefined) return undefined;
        old.delete(index);
        if (isCurrent(credential)) keep(index, credential);
      }
      if (isCurrent(credential)) return credential;
      young.delete(index);
      return undefined;
    },
    isCurrent,
    put: keep,
    invalidate({ type, id }) {
      lastInvalidation[invalidationSlotOf(type, id)] = ++sequence;
    },
    invalidateAll() {
      floor = ++sequence;
      young = new Map();
      old = new Map();
    },
  };
}
