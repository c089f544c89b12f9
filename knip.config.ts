import type { KnipConfig } from 'knip';

/**
 * Twice: once over everything, and once as production sees it (`--production`), where tests are no users. There
 * an export that its own file uses counts as used: it is exported for the tests of its rule.
 */
const inProduction = process.argv.includes('--production');

const config: KnipConfig = {
  ignoreExportsUsedInFile: inProduction ? true : { interface: true, type: true },
  ignoreBinaries: ['script', 'latchkey', 'redis-cli', 'setpriv'],
  workspaces: {
    '.': {
      entry: ['tools/*.js', 'bench/*.js'],
      project: ['tools/**/*.{js,ts}', 'bench/**/*.js'],
      // Run by the path of their commands, in tools/check-packages.js.
      ignoreDependencies: ['publint', '@arethetypeswrong/cli'],
    },
    // The shared limiter waits for the store of PostgreSQL, to be chosen in create-latchkey.ts.
    'packages/latchkey': { entry: ['src/limiters/shared-limiter.ts!'], project: ['src/**/*.ts!', 'test/**/*.ts'] },
    'packages/server': { entry: ['copy-assets.js'], project: ['src/**/*.ts!', 'test/**/*.ts'] },
  },
};

export default config;
