/** The types of the calls about the service. Generated from `contract/calls/service.ts`: run `npm run contract` after a change there. */
import type { ClusterView } from '../../domain/cluster-view.js';
import type { VerdictCounts } from '../../domain/verdict.js';
import type { LibraryOptions, OptionsByKind } from '../call-options.js';

export interface ServiceCalls<O extends OptionsByKind = LibraryOptions> {
  /** Read counts of everything. */
  overview(options?: O['read']): Promise<Overview>;
  /**
   * Read the nodes that share the database. Which processes answer, and up to which entry of the log each has applied the
   * changes.
   */
  cluster(options?: O['read']): Promise<ClusterView>;
  /** Read how the service is set up. A secret shows only whether it has a value. */
  settings(options?: O['read']): Promise<ServiceSettings>;
}

/** Counts of everything, as they were at `asOf`, a few seconds ago at most. */
export interface Overview {
  /** ISO 8601, UTC. */
  readonly asOf: string;
  readonly keys: { readonly total: number; readonly active: number; readonly disabled: number; readonly revoked: number; readonly expired: number; readonly scheduled: number; readonly suspended: number; };
  /**
   * Keys that need attention (`expiring`, `neverUsed`, `unusedFor90d`) are counted up to this number: a count of so many
   * means as many or more. The other counts are exact.
   */
  readonly countedUpTo: number;
  /** Keys, neither revoked nor expired, that expire so soon. */
  readonly expiring: { readonly within30d: number; readonly within7d: number; };
  /** Keys, neither revoked nor expired, that were never used. */
  readonly neverUsed: number;
  /** Keys, neither revoked nor expired, at least 90 days old, that were not used for 90 days. */
  readonly unusedFor90d: number;
  readonly owners: number;
  readonly tiers: number;
  /** Null for an operator token without `usage:read`. */
  readonly verifications24h: { readonly total: number; readonly byCode: VerdictCounts; } | null;
  /** The nodes as they are now, whenever the rest was counted; null for an operator token without `cluster:read`. */
  readonly cluster: ClusterView | null;
}

export interface ServiceSetting {
  /** The environment variable, or the field of the file for what only the file can say. */
  readonly name: string;
  /** As one would write it; null where nothing is set, and for a secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly secret: boolean;
  /** True if it has a value. A secret shows nothing more. */
  readonly set: boolean;
  readonly description: string;
}

/** How a service is set up. */
export interface ServiceSettings {
  /** The version of Latchkey. */
  readonly version: string;
  /** The version of Node. */
  readonly node: string;
  readonly database: { readonly kind: string; };
  readonly limiter: { readonly kind: string; };
  /** The first part of every token. */
  readonly prefix: string;
  readonly environments: readonly string[];
  /** The scopes that keys may be given, where the configuration names them; null: any. */
  readonly scopes: readonly string[] | null;
  /** Tiers that the configuration declares. */
  readonly configuredTiers: readonly string[];
  /** The scopes that an operator token may hold. */
  readonly operatorScopes: readonly string[];
  readonly settings: readonly ServiceSetting[];
}
