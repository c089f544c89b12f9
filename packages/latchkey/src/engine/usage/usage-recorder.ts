/**
 * Counts verifications in memory and writes them behind, every `writeBehindMs` and on close. A figure may lose at most
 * that much in a crash; a failed write is tried again and nothing is lost while the process lives.
 */
import type { CallerAddress } from '../../domain/caller-address.js';
import type { LastUse } from '../../domain/key.js';
import type { VerdictCode } from '../../domain/verdict.js';
import { HOUR_MS } from '../../domain/time.js';
import type { Clock } from '../../ports/clock.js';
import type { UsageBatch, UsageCount, UsageStore } from '../../ports/usage-store.js';

/** One write of so many keys keeps a change waiting for some milliseconds at most. */
const KEYS_PER_WRITE = 500;
const COUNTS_PER_WRITE = 500;
/** Keys whose figures may wait for a store that is out of reach; beyond it, new keys are not counted. */
const MAX_PENDING = 200_000;

export interface UsageRecorder {
  /** Counts one outcome; `keyId` null where the token names no key. */
  count(keyId: string | null, code: VerdictCode, now: number): void;
  /** Counts a valid verification at `now` and notes it as the key's last use. */
  countUse(key: { readonly id: string; readonly secretId: string }, from: CallerDetails, now: number): void;
  /** Keys whose figures are not written yet. */
  readonly pending: number;
  /** Writes what is pending, then stops. */
  close(): Promise<void>;
}

/** Where a verification came from. */
export interface CallerDetails {
  readonly ip: CallerAddress;
  readonly userAgent: string | undefined;
}

/** The figures of one key since the last write. */
interface Tally {
  hour: number;
  valid: number;
  /** Valid verifications of any hour that are not written yet. */
  uses: number;
  refused: Map<VerdictCode, number> | null;
  lastUsedAt: number;
  secretId: string;
  address: string | null;
  userAgent: string | null;
  /** While a rotation overlaps: the last uses of the key's other secrets. One that is still used must not seem silent. */
  others: Map<string, LastUse> | null;
}

export interface UsageRecorderParts {
  readonly store: UsageStore;
  readonly clock: Clock;
  /** How often what was counted is written, in milliseconds. */
  readonly writeBehindMs: number;
  readonly onFailure: () => void;
}

export function createUsageRecorder({ store, clock, writeBehindMs, onFailure }: UsageRecorderParts): UsageRecorder {
  let tallies = new Map<string, Tally>();
  /** Counts of hours that ended before they were written, and of writes that failed. */
  let carried = new Map<string, UsageCount>();
  let cancelTimer: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();

  function tallyOf(keyId: string, now: number): Tally | null {
    let tally = tallies.get(keyId);
    if (tally === undefined) {
      if (tallies.size >= MAX_PENDING) return null;
      tally = {
        hour: hourOf(now),
        valid: 0,
        uses: 0,
        refused: null,
        lastUsedAt: 0,
        secretId: '',
        address: null,
        userAgent: null,
        others: null,
      };
      tallies.set(keyId, tally);
      cancelTimer ??= clock.schedule(writeBehindMs, flushInBackground);
    } else if (now < tally.hour || now >= tally.hour + HOUR_MS) {
      carry(countsOf(keyId, tally));
      tally.hour = hourOf(now);
      tally.valid = 0;
      tally.refused = null;
    }
    return tally;
  }

  function carry(counts: readonly UsageCount[]): void {
    for (const count of counts) {
      const id = `${count.keyId ?? ''} ${count.hour} ${count.code}`;
      const known = carried.get(id);
      if (known !== undefined) carried.set(id, { ...known, count: known.count + count.count });
      else if (carried.size < MAX_PENDING) carried.set(id, count);
    }
  }

  function flushInBackground(): void {
    cancelTimer = null;
    void flush();
  }

  function flush(): Promise<void> {
    writing = writing.then(write);
    return writing;
  }

  async function write(): Promise<void> {
    // In the order in which the database keeps them: what one transaction writes lies together.
    const written = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    const older = [...carried.values()];
    tallies = new Map();
    carried = new Map();
    for (let i = 0; i < older.length; i += COUNTS_PER_WRITE) {
      await writeBatch({ counts: older.slice(i, i + COUNTS_PER_WRITE), lastUses: [] }, []);
    }
    for (let i = 0; i < written.length; i += KEYS_PER_WRITE) {
      const slice = written.slice(i, i + KEYS_PER_WRITE);
      await writeBatch(toBatch(slice), slice);
    }
  }

  async function writeBatch(batch: UsageBatch, of: readonly (readonly [string, Tally])[]): Promise<void> {
    if (batch.counts.length === 0 && batch.lastUses.length === 0) return;
    try {
      await store.recordUsage(batch);
    } catch {
      onFailure();
      carry(batch.counts);
      keepLastUses(of, tallies);
      cancelTimer ??= clock.schedule(writeBehindMs, flushInBackground);
    }
  }

  return {
    get pending() {
      return tallies.size + carried.size;
    },
    count(keyId, code, now) {
      const tally = tallyOf(keyId ?? '', now);
      if (tally === null) return;
      tally.refused ??= new Map();
      tally.refused.set(code, (tally.refused.get(code) ?? 0) + 1);
    },
    countUse(key, from, now) {
      const tally = tallyOf(key.id, now);
      if (tally === null) return;
      tally.valid++;
      tally.uses++;
      if (tally.secretId !== key.secretId && tally.lastUsedAt > 0) setAside(tally);
      tally.lastUsedAt = now;
      tally.secretId = key.secretId;
      tally.address = from.ip ?? null;
      tally.userAgent = from.userAgent ?? null;
    },
    async close() {
      cancelTimer?.();
      await flush();
      cancelTimer?.();
    },
  };
}

function hourOf(now: number): number {
  return now - (now % HOUR_MS);
}

function toBatch(tallies: readonly (readonly [string, Tally])[]): UsageBatch {
  const counts: UsageCount[] = [];
  const lastUses: UsageBatch['lastUses'][number][] = [];
  for (const [keyId, tally] of tallies) {
    counts.push(...countsOf(keyId, tally));
    for (const [secretId, use] of tally.others ?? []) lastUses.push({ keyId, secretId, uses: 0, ...use });
    if (tally.lastUsedAt > 0) lastUses.push({ keyId, secretId: tally.secretId, uses: tally.uses, ...lastUseOf(tally) });
  }
  return { counts, lastUses };
}

/** Another secret of the same key is used now. */
function setAside(tally: Tally): void {
  tally.others ??= new Map();
  tally.others.set(tally.secretId, lastUseOf(tally));
}

function lastUseOf({ lastUsedAt: at, address, userAgent }: Tally): LastUse {
  return { at, address, userAgent };
}

function countsOf(keyId: string, { hour, valid, refused }: Tally): UsageCount[] {
  const counts: UsageCount[] = [];
  const id = keyId === '' ? null : keyId;
  if (valid > 0) counts.push({ keyId: id, hour, code: 'valid', count: valid });
  for (const [code, count] of refused ?? []) counts.push({ keyId: id, hour, code, count });
  return counts;
}

/** After a failed write: its last uses wait in the new tallies, unless those have later ones of the same secret. */
function keepLastUses(failed: readonly (readonly [string, Tally])[], tallies: Map<string, Tally>): void {
  for (const [keyId, tally] of failed) {
    const newer = tallies.get(keyId);
    if (newer === undefined) {
      tallies.set(keyId, { ...tally, valid: 0, refused: null });
      continue;
    }
    newer.uses += tally.uses;
    const others = new Map([...(tally.others ?? []), ...(newer.others ?? [])]);
    if (newer.lastUsedAt === 0) {
      const { lastUsedAt, secretId, address, userAgent } = tally;
      Object.assign(newer, { lastUsedAt, secretId, address, userAgent });
    } else if (!others.has(tally.secretId) && tally.secretId !== newer.secretId && tally.lastUsedAt > 0) {
      others.set(tally.secretId, lastUseOf(tally));
    }
    newer.others = others.size > 0 ? others : null;
  }
}
