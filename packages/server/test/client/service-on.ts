/** An engine behind the service on a real socket, and clients before it, for the suites of what verifies and administers. */
import { alone, createEngine, createMemoryLimiter, createSlowHashes, readSettings } from 'latchkey/internal';
import { createClient, type CacheOptions } from 'latchkey/client';
import { createSeededEntropy, type LatchkeySuiteOptions, type StorageSuiteOptions } from 'latchkey/testing';
import { createApp, serveApp } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

/** With `cache`, the clients repeat verdicts, by the clock of the test. */
export function serviceOn(openStorage: StorageSuiteOptions['open'], cache?: CacheOptions): LatchkeySuiteOptions {
  return {
    async open({ settings, clock, wrap }) {
      const opened = await openStorage();
      const storage = wrap(opened.storage);
      const limiter = createMemoryLimiter({ counters: storage.counters, clock });
      const parts = { storage, limiter, clock, entropy: createSeededEntropy(1), slowHashes: createSlowHashes(), join: alone };
      const latchkey = await createEngine(parts, readSettings(settings));
      const service = await serveApp(createApp(latchkey, { adminKey: ADMIN_KEY, clock }), { host: '127.0.0.1', port: 0 });
      const common = { url: service.url, cache: cache && { ...cache, clock } };
      return {
        admin: createClient({ ...common, adminKey: ADMIN_KEY }),
        operator: ({ token }) => createClient({ ...common, token }),
        async dispose() {
          await service.close(0);
          await latchkey.close();
          await opened.dispose();
        },
      };
    },
  };
}
