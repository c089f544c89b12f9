/** An engine on a real store, of SQLite in memory unless another is chosen, with a clock and an entropy that the test holds. */
import { afterAll } from 'vitest';
import { alone } from '../../src/cluster/index.js';
import { type Latchkey, type SettingsInput, type Token } from '../../src/index.js';
import { createEngine, readSettings } from '../../src/internal/index.js';
import { createSlowHashes } from '../../src/hashing/slow-hashes.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import type { JoinCluster } from '../../src/ports/coherence.js';
import type { Storage } from '../../src/ports/storage.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import { createTestClock, type TestClock } from '../../src/testing/test-clock.js';
import { runs } from '../../../../tools/property-runs.js';

export interface Harness {
  readonly latchkey: Latchkey;
  readonly clock: TestClock;
  readonly storage: Storage;
  /** A key and its token in clear text. */
  issue(
    input?: Partial<Parameters<Latchkey['keys']['create']>[0]>,
  ): Promise<{ readonly id: string; readonly token: string; readonly secretId: string }>;
}

export interface HarnessOptions extends SettingsInput {
  readonly seed?: number;
  readonly file?: string;
  readonly clock?: TestClock;
  /** Puts something between the engine and its store. */
  readonly wrap?: (storage: Storage) => Storage;
  /** By default the engine is alone. */
  readonly join?: (storage: Storage) => JoinCluster;
}

/** What the engines of this test file are opened on. */
export interface HarnessStore {
  /** An empty one. */
  open(): Promise<Storage>;
  /** How much longer opening one takes than in memory: so many times fewer runs a property has. */
  readonly slowness: number;
}

const IN_MEMORY: HarnessStore = { open: () => openSqliteStorage({ file: ':memory:' }), slowness: 1 };

let store = IN_MEMORY;

/** Opens the engines of this test file on another store. To be called while its tests are declared. */
export function useStore(other: HarnessStore): void {
  store = other;
  afterAll(() => {
    store = IN_MEMORY;
  });
}

/** Whether reads that are asked for in one turn of the event loop all answer from the state that there is then. */
export function readsAtOnce(): boolean {
  return store.slowness === 1;
}

export function propertyRuns(count: number): { readonly numRuns: number } {
  return runs(Math.ceil(count / store.slowness));
}

export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { seed = 1, file, clock = createTestClock(), wrap = (storage) => storage, join = () => alone, ...settings } = options;
  const { storage, settled } = followHousekeeping(wrap(file === undefined ? await store.open() : await openSqliteStorage({ file })));
  const limiter = createMemoryLimiter({ counters: storage.counters, clock });
  const entropy = createSeededEntropy(seed);
  const slowHashes = createSlowHashes();
  const latchkey = await createEngine(
    { storage, limiter, clock, entropy, slowHashes, join: join(storage) },
    readSettings({ writeBehindMs: 1_000, ...settings }),
  );
  // What an engine does at its start, though nobody asks, is no part of any test.
  await settled();
  return {
    latchkey,
    clock,
    storage,
    async issue(input = {}) {
      const { key, token } = await latchkey.keys.create({ name: 'a key', owner: 'ada', ...input });
      return { id: key.id, token: reveal(token), secretId: key.secrets[0]?.id ?? '' };
    },
  };
}

/** Follows what the housekeeping calls, each call of which may lead to the next. */
function followHousekeeping(storage: Storage): { readonly storage: Storage; readonly settled: () => Promise<void> } {
  const calls: Promise<unknown>[] = [];
  const followed =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> => {
      const called = call(...args);
      calls.push(called);
      return called;
    };
  return {
    storage: {
      ...storage,
      keys: { ...storage.keys, change: <T>(work: Parameters<typeof storage.keys.change<T>>[0]) => followed(storage.keys.change<T>)(work) },
      catalog: { ...storage.catalog, listOwners: followed(storage.catalog.listOwners) },
      sessions: { ...storage.sessions, pruneSessions: followed(storage.sessions.pruneSessions) },
      usage: { ...storage.usage, keepUp: followed(storage.usage.keepUp) },
    },
    async settled() {
      for (let seen = -1; seen !== calls.length;) {
        seen = calls.length;
        await Promise.allSettled(calls);
        await new Promise((resolve) => void setImmediate(resolve));
      }
    },
  };
}

export function reveal(token: Token | null): string {
  if (token === null) throw new Error('There is no token to reveal.');
  return token.reveal();
}
