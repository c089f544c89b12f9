import { describe, it } from 'vitest';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { latchkeySuite } from '../../src/testing/latchkey-suite.js';
import { engineOn } from './engine-on.js';

describe('an engine on SQLite', () => {
  latchkeySuite(
    { describe, it },
    engineOn(async () => {
      const storage = await openSqliteStorage({ file: ':memory:' });
      return { storage, dispose: () => storage.close() };
    }),
  );
});
