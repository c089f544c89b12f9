import type { KnipConfig } from 'knip';

/**
 * Twice: once over everything, and once as production sees it (`--production`), where tests are no users. There
 * an export that its own file uses counts as used: it is exported for the tests of its rule.
 */
const inProduction = process.argv.includes('--production');

const config: KnipConfig = {
  ignoreExportsUsedInFile: inProduction ? true : { interface: true, type: true },
  ignoreBinaries: ['script', 'latchkey'],
  workspaces: {
    '.': {
      entry: ['tools/*.js', 'bench/*.js'],
      project: ['tools/**/*.{js,ts}', 'bench/**/*.js'],
      // Run by the path of their commands, in tools/check-packages.js.
      ignoreDependencies: ['publint', '@arethetypeswrong/cli'],
    },
    'packages/latchkey': { project: ['src/**/*.ts!', 'test/**/*.ts'] },
    'packages/dashboard': {
      entry: ['bundle.js', 'test/screenshots.ts', 'test/**/*.test.ts'],
      vitest: false,
      project: ['src/**/*.{ts,tsx}!', 'test/**/*.ts'],
    },
    'packages/server': {
      // Found as files that are served, not as code that is imported.
      ignoreDependencies: ['@latchkey/dashboard'],
      entry: ['copy-assets.js'],
      project: ['src/**/*.ts!', 'test/**/*.ts'],
    },
  },
};

export default config;
