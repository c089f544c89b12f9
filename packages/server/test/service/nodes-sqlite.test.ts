import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../cli/command.js';
import { nodesSuite } from './nodes-suite.js';

nodesSuite('two processes on one SQLite file', 2, async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  return `file:${join(folder.path, 'latchkey.db')}`;
});
