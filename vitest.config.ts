import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The dashboard is tested in a real browser or not at all; tools/check.js says which. */
const hasBrowser = spawnSync('sh', ['-c', 'command -v chromium']).status === 0;

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
    include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : ['packages/dashboard/test/**'])],
    globalSetup: 'tools/vitest-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Only what hangs is to be ended: how long something takes is no matter of tests, and machines differ much.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
