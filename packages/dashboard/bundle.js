/** Bundles the pages into dist. Run by the build. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenChanged } from '../../tools/when-changed.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

const files = {
  stamp: join(folder, 'dist/.sources'),
  // The pages, the client that they speak through, and the parts that they are made of.
  sources: ['packages/dashboard', 'packages/latchkey/dist/client', 'packages/latchkey/dist/domain', 'package-lock.json'],
  without: /^packages\/dashboard\/(?:dist|test|node_modules|README\.md|\.tsbuildinfo)/,
};

await whenChanged(files, async () => {
  // Loaded only when there is something to do: it takes longer than all the rest.
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'warn' });
});
