/** An engine in this process, for the suites of what verifies and administers, on whatever store. */
import { alone, createEngine, readSettings } from '../../src/internal/index.js';
import { createSlowHashes } from '../../src/hashing/slow-hashes.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import { administrationOf } from '../../src/testing/administration.js';
import type { LatchkeySuiteOptions } from '../../src/testing/latchkey-suite.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import type { StorageSuiteOptions } from '../../src/testing/storage-suite.js';

export function engineOn(openStorage: StorageSuiteOptions['open']): LatchkeySuiteOptions {
  return {
    async open({ settings, clock, wrap }) {
      const opened = await openStorage();
      const storage = wrap(opened.storage);
      const limiter = createMemoryLimiter({ counters: storage.counters, clock });
      const parts = { storage, limiter, clock, entropy: createSeededEntropy(1), slowHashes: createSlowHashes(), join: alone };
      const latchkey = await createEngine(parts, readSettings(settings));
      return {
        admin: administrationOf(latchkey, { type: 'admin', id: 'admin', scopes: ['*:*'] }),
        operator: ({ id, scopes }) => administrationOf(latchkey, { type: 'operator', id, scopes }),
        async dispose() {
          await latchkey.close();
          await opened.dispose();
        },
      };
    },
  };
}
