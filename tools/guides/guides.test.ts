import { describe, expect, it } from 'vitest';
import { findTypeErrors } from './check-code.js';
import { guideNames } from './guide-names.js';
import { readGuide, runGuide } from './run-guide.js';
import { hasCommands } from '../../packages/server/test/has-commands.js';

const guides = guideNames().map(readGuide);

/** Counted without the parser, which could read too little. Other tests take the marked ones (blocks.js). */
const blocksOf = (markdown: string): number =>
  markdown.match(/^(?:```(?:sh|js|ts)\b(?!.* (?:tested=|not-run))|```json file=|<!-- first terminal)/gm)?.length ?? 0;

describe('what a person is told to paste', () => {
  it('is code that a strict compiler accepts, as JavaScript and as TypeScript', () => {
    expect(guides.length).toBeGreaterThan(5);
    expect(findTypeErrors(guides)).toEqual([]);
  });

  // Side by side: their readers wait most of the time. Each guide has a folder, shells and ports of its own.
  describe.runIf(hasCommands('curl', 'script'))('in its order', () => {
    // Each step ends after 60 s; a guide has many.
    it.concurrent.each(guides)('$name: every block runs, and prints what the page shows', { timeout: 600_000 }, async (guide) => {
      expect(await runGuide(guide)).toBe(blocksOf(guide.markdown));
    });
  });
});
