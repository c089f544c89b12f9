import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testSets } from './tools/check/test-sets.js';
import { WaitingFirst } from './tools/check/waiting-first.js';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isQuick = process.env['LATCHKEY_TESTS'] === 'quick';

export default defineConfig({
  resolve: {
    alias: [
      { find: /^latchkey$/, replacement: source('packages/latchkey/src/index.ts') },
      {
        find: /^latchkey\/(express|fastify|fetch|hono)$/,
        replacement: `${source('packages/latchkey/src')}/middleware/$1.ts`,
      },
      { find: /^latchkey\/([\w-]+)$/, replacement: `${source('packages/latchkey/src')}/$1/index.ts` },
      { find: /^@latchkey\/server$/, replacement: source('packages/server/src/index.ts') },
    ],
  },
  test: {
    globalSetup: 'tools/vitest-setup.ts',
    pool: 'forks',
    // Many tests wait for other processes.
    maxWorkers: 3,
    maxConcurrency: 3,
    sequence: { sequencer: WaitingFirst },
    // Files share their modules: to load the engine anew for each would take longer than most tests.
    isolate: false,
    // A test that hangs ends, and is named. How long something takes is not asserted.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 50_000 } },
    // Not as two projects: each would have workers and modules of its own.
    include: [...testSets.quick, ...(isQuick ? [] : testSets.whole)],
  },
});
