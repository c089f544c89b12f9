import type { KnipConfig } from 'knip';

/**
 * Twice: once over everything, and once as production sees it (`--production`), where tests are no users. There
 * an export that its own file uses counts as used: it is exported for the tests of its rule.
 */
const inProduction = process.argv.includes('--production');

const config: KnipConfig = {
  ignoreExportsUsedInFile: inProduction ? true : { interface: true, type: true },
  ignoreBinaries: ['script', 'latchkey', 'openssl', 'redis-cli', 'setpriv', 'systemd-analyze'],
  workspaces: {
    '.': {
      entry: ['tools/*.js', 'tools/guides/next-process.js', 'bench/*.js', 'bench/peers/*.js', 'simulation/{main,worker,edit-on-load}.js'],
      project: ['tools/**/*.{js,ts}', 'examples/test/**/*.ts', 'bench/**/*.js', 'simulation/**/*.js'],
      // Run by the path of their commands, in tools/check-packages.js; installed by bench/peers when it runs; of examples alone.
      ignoreDependencies: [
        'zod',
        'publint',
        '@arethetypeswrong/cli',
        'better-auth',
        '@better-auth/api-key',
        '@better-auth/kysely-adapter',
        'keypal',
      ],
    },
    'examples/*': { entry: ['src/{main,sign-token}.ts!'], project: ['src/**/*.ts!'] },
    'packages/latchkey': { project: ['src/**/*.ts!', 'test/**/*.ts'] },
    'packages/dashboard': {
      entry: ['bundle.js', 'test/screenshots.ts', 'test/**/*.test.ts'],
      vitest: false,
      project: ['src/**/*.{ts,tsx}!', 'test/**/*.ts'],
    },
    'packages/server': {
      // Found as files that are served, not as code that is imported.
      ignoreDependencies: ['@latchkey/dashboard'],
      entry: ['copy-assets.js', 'bundle.js', 'src/cli/main.ts!'],
      project: ['src/**/*.ts!', 'test/**/*.ts'],
    },
  },
};

export default config;
