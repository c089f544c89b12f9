import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type * as TestSets from './tools/check/test-sets.js';
import { WaitingFirst } from './tools/check/waiting-first.js';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Vite evaluates this file, and what it imports by a literal, once for each project: a module that a URL names is shared.
const shared = (await import(new URL('tools/check/test-sets.js', import.meta.url).href)) as typeof TestSets;
const { quick, whole, leftOut } = shared.testSets;

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
    projects: [
      { extends: true, test: { name: 'quick', include: [...quick] } },
      { extends: true, test: { name: 'whole', include: [...whole], exclude: [...leftOut] } },
    ],
  },
});
