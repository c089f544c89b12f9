import { describe, expect, it } from 'vitest';
import { readGuide, runGuide } from './run-guide.js';
import { hasCommands } from '../../packages/server/test/has-commands.js';

describe.runIf(hasCommands('curl', 'script'))('what a person is told to paste', () => {
  it('docs/guides/first-hour.md: every block runs, in order, and prints what the page shows', async () => {
    expect(await runGuide(readGuide('docs/guides/first-hour.md'))).toBeGreaterThan(40);
  }, 120_000);

  it('README.md: every block runs', async () => {
    expect(await runGuide(readGuide('README.md'))).toBeGreaterThan(4);
  }, 60_000);
});
