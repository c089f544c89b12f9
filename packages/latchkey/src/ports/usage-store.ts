import type { LastUse } from '../domain/key.js';
import type { VerdictCode } from '../domain/verdict.js';

/** So many verifications of one key with one outcome, in the UTC hour that begins at `hour`. */
export interface UsageCount {
  /** Null counts those whose token names no key. */
  readonly keyId: string | null;
  /** Epoch milliseconds, a whole hour. */
  readonly hour: number;
  readonly code: VerdictCode;
  readonly count: number;
}

/** The last use of a secret of a key. */
export interface KeyUse extends LastUse {
  readonly keyId: string;
  readonly secretId: string;
  /** How often the key was accepted since its uses were last written: with one secret of the key, and 0 with its others. */
  readonly uses: number;
}

export interface UsageBatch {
  readonly counts: readonly UsageCount[];
  readonly lastUses: readonly KeyUse[];
}

export interface UsageQuery {
  readonly keyId?: string | undefined;
  readonly owner?: string | undefined;
  /** Given alone. */
  readonly tier?: string | undefined;
  /** Epoch milliseconds; from inclusive, until exclusive. By the day, `from` is the beginning of a day. */
  readonly from: number;
  readonly until: number;
  readonly by: 'hour' | 'day';
}

/** The first figures that are kept, of those that were not dropped. Epoch milliseconds, beginnings of UTC days; 0 for all. */
export interface UsageKept {
  /** By the hour, and by the day. */
  readonly hoursFrom: number;
  readonly daysFrom: number;
}

export interface UsageRetention extends UsageKept {
  /** Days before this one are over, and are summed up. */
  readonly rollBefore: number;
}

/** So many verifications with one outcome in the hour or UTC day that begins at `start`. */
export interface UsagePoint {
  readonly start: number;
  readonly code: VerdictCode;
  readonly count: number;
}

export interface KeyUsageQuery {
  readonly keyIds: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly by: 'hour' | 'day';
}

export interface KeyUsagePoint extends UsagePoint {
  readonly keyId: string;
}

/** How often a key was verified in a span of time. */
export interface KeyActivity {
  readonly keyId: string;
  readonly valid: number;
  readonly refused: number;
}

export interface BusiestActivity {
  /** The busiest first; ties by id. The figures of each are exact. */
  readonly keys: readonly KeyActivity[];
  /** Whether it is certain that no other key was busier than the last of these. */
  readonly complete: boolean;
}

/** Figures of what was verified. A crash may lose what a node has not written yet (`writeBehindMs`). */
export interface UsageStore {
  /**
   * Adds the counts, to the key's, to those of the owner and the tier that it has now, and to those of all, and sets the last uses (never to an earlier time). With them it adds up how often each key
   * was accepted, and notes on the key, about once a day, since when it is idle and how often it was accepted. All or none.
   */
  recordUsage(batch: UsageBatch): Promise<void>;
  /** Oldest first. */
  readUsage(query: UsageQuery): Promise<readonly UsagePoint[]>;
  /** The same of each of several keys; in no order. */
  readKeyUsage(query: KeyUsageQuery): Promise<readonly KeyUsagePoint[]>;
  /** The keys that were verified most often, at most `limit`; found among those that were busiest in some hour. */
  readBusiest(span: { readonly from: number; readonly until: number }, limit: number): Promise<BusiestActivity>;
  readKept(): Promise<UsageKept>;
  /**
   * Does one small step, in a transaction of its own, of what keeps the figures small: sums up days, drops the hours and days of
   * before those given. Sums by day are the same before and after; a crash at any instant and any number of nodes change nothing
   * about that. Hours are never dropped before their day is summed up. Resolves with whether there was something to do.
   */
  keepUp(retention: UsageRetention): Promise<boolean>;
}
