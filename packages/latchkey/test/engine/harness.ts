/** An engine on a real SQLite store in memory, with a clock and an entropy that the test holds. */
import { alone } from '../../src/cluster/index.js';
import { createEngine, type Latchkey, readSettings, type SettingsInput, type Token } from '../../src/index.js';
import { createSlowHashes } from '../../src/hashing/slow-hashes.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import type { JoinCluster } from '../../src/ports/coherence.js';
import type { Storage } from '../../src/ports/storage.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import { createTestClock, type TestClock } from '../../src/testing/test-clock.js';

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

export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const { seed = 1, file = ':memory:', clock = createTestClock(), wrap = (storage) => storage, join = () => alone, ...settings } = options;
  const storage = wrap(await openSqliteStorage({ file }));
  const limiter = createMemoryLimiter({ counters: storage.counters, clock });
  const entropy = createSeededEntropy(seed);
  const slowHashes = createSlowHashes();
  const latchkey = await createEngine({ storage, limiter, clock, entropy, slowHashes, join: join(storage) }, readSettings(settings));
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

export function reveal(token: Token | null): string {
  if (token === null) throw new Error('There is no token to reveal.');
  return token.reveal();
}
