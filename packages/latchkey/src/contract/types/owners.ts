/** The types of the calls about owners. Generated from `contract/calls/owners.ts`: run `npm run contract` after a change there. */
import type { JsonObject } from '../../domain/json.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import type { Propagation } from '../../domain/propagation.js';
import type { IfMatch, LibraryOptions, OptionsByKind } from '../call-options.js';
import type { RevokeKeyInput } from './keys.js';

export interface OwnerCalls<O extends OptionsByKind = LibraryOptions> {
  /** Read an owner. */
  get(id: string, options?: O['read']): Promise<OwnerView>;
  /** List and search owners. */
  list(input?: ListOwnersQuery, options?: O['read']): Promise<OwnerPage>;
  /**
   * Iterates over every item of this list, page by page, from the first page or from `cursor` on; `limit` is the size of a
   * page. The next page is asked for when the loop comes to it. An item that is there throughout and keeps its place in the
   * order comes exactly once. Rejects as `list` does; where `signal` fires, when the next page is asked for.
   */
  walk(input?: ListOwnersQuery, options?: O['read']): AsyncIterable<OwnerView>;
  /** Change an owner. Creates the record if there is none and there is anything to write. */
  update(id: string, input: UpdateOwnerInput, options?: O['change'] & IfMatch): Promise<ChangedOwner>;
  /** Suspend all keys of an owner. */
  suspend(id: string, input?: RevokeKeyInput, options?: O['change'] & IfMatch): Promise<ChangedOwner>;
  /** Resume the keys of a suspended owner. */
  resume(id: string, input?: RevokeKeyInput, options?: O['change'] & IfMatch): Promise<ChangedOwner>;
  /**
   * Revoke every key of an owner permanently. Keys that are revoked already stay as they are. Every key is refused when this
   * is answered, however many there are. The records of more than 100 keys follow in batches: `owner.revoking` says how many
   * are left, and the audit log has one entry for each batch, which names its keys.
   */
  revokeAll(id: string, input?: RevokeKeyInput, options?: O['change']): Promise<RevokedAll>;
}

/**
 * A revocation of all keys of an owner. Each of them is refused, and shown as revoked, since `at`. Their records follow in
 * batches: until they have, lists that filter by status, and counts over all owners, still take them for what they were.
 */
export interface RevokingView {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The keys that it revokes. */
  readonly keys: number;
  /** Those of them whose records do not say so yet. */
  readonly left: number;
}

export interface OwnerView {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: 'active' | 'suspended';
  readonly limits: readonly Limit[];
  readonly maxKeys: number | null;
  /** A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it. */
  readonly metadata: JsonObject;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly suspendedAt: string | null;
  readonly suspendedReason: string | null;
  /** `live`: neither revoked nor expired. */
  readonly keys: { readonly total: number; readonly live: number; };
  /**
   * Rises with each change that somebody makes to the owner: of its fields, and when it is suspended or resumed. Its keys
   * leave it. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this version.
   */
  readonly version: number;
  /** How far a revocation of all keys has come; null where none is under way. */
  readonly revoking: RevokingView | null;
}

/** Which owners, and which page of them. */
export interface ListOwnersQuery {
  /** A part of the id or the name. */
  readonly search?: string | undefined;
  /** How many to a page: 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

export interface OwnerPage {
  readonly data: readonly OwnerView[];
  /** Hand it back as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/** Fields that are absent stay as they are. */
export interface UpdateOwnerInput {
  /** A name for people; null for none. */
  readonly name?: string | null | undefined;
  /** More about the owner, for people: 1 to 500 characters, in one line or several; null for none. Lists do not search it. */
  readonly description?: string | null | undefined;
  /** Rate limits that all keys of the owner share. */
  readonly limits?: readonly LimitInput[] | undefined;
  /** Keys, neither revoked nor expired, that the owner may have; null for the configured default. */
  readonly maxKeys?: number | null | undefined;
  /** A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it. */
  readonly metadata?: JsonObject | undefined;
}

/** The owner as it is now, and how far the change has reached. */
export interface ChangedOwner {
  readonly owner: OwnerView;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface RevokedAll {
  readonly owner: OwnerView;
  /** How many keys this call revoked. */
  readonly revoked: number;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}
