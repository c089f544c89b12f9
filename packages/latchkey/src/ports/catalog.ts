import type { OwnerRecord, TierRecord } from '../domain/key.js';

export interface OwnerDetail {
  readonly owner: OwnerRecord;
  readonly keys: { readonly total: number; readonly live: number };
}

export interface TierDetail {
  readonly tier: TierRecord;
  /** Keys of this tier that are not revoked. */
  readonly keys: number;
}

export interface OwnerQuery {
  /** Matches a part of the id or name, whatever the case. */
  readonly search?: string | undefined;
  /** Only these. */
  readonly ids?: readonly string[] | undefined;
  /** Only owners whose keys are being revoked. */
  readonly revoking?: true | undefined;
  /** Owners whose id sorts after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Epoch milliseconds: what counts as live. */
  readonly now: number;
  /** Ends the read when nobody waits for it any more; it then rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Owners and tiers, to read. They change through `KeyStore.change`. */
export interface Catalog {
  readOwner(id: string, now: number): Promise<OwnerDetail | null>;
  /** By id. */
  listOwners(query: OwnerQuery): Promise<readonly OwnerDetail[]>;
  readTier(name: string): Promise<TierDetail | null>;
  /** By name. */
  listTiers(): Promise<readonly TierDetail[]>;
}
