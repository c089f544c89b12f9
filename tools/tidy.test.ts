import { describe, expect, it } from 'vitest';
import { findUntidy } from './tidy.js';

const DOMAIN = 'packages/latchkey/src/domain/key.ts';

function untidy(path: string, text: string, others: readonly string[] = []): string[] {
  return findUntidy({ path, text, exists: (each) => others.includes(each), decisions: new Set([7]) });
}

describe('tidy', () => {
  it.each([
    ['a name that says nothing', 'packages/latchkey/src/domain/key-utils.ts', ''],
    ['a folder that says nothing', 'packages/server/src/common/key.ts', ''],
    ['work left undone', DOMAIN, `// ${'TO'}DO later`],
    ['a file too long', DOMAIN, 'const a = 1;\n'.repeat(401)],
    ['a Date of the present', DOMAIN, 'const now = new Date();'],
    ['a Date of the present without parentheses', DOMAIN, 'const now = +new Date;'],
    ['a folder that does not introduce itself', 'packages/latchkey/src/edge/index.ts', "export * from './a.js';"],
    ['a link that leads nowhere', 'docs/guide.md', 'See [this](../gone.md#part).'],
    ['a decision that does not exist', DOMAIN, `// ${'AD'}R 70 says why.`],
    ['the file of a decision that does not exist', 'bench/run.js', `// As docs/${'ad'}r/0070 says.`],
    ['a document that does not exist', DOMAIN, '// The steps of DESIGN.md.'],
  ])('finds %s', (_, path, text) => {
    expect(untidy(path, text)).toHaveLength(1);
  });

  it.each([
    ['a Date made of a given time', DOMAIN, 'const at = new Date(now).toISOString();'],
    ['the type Date', DOMAIN, 'const isDate = (value: unknown): value is Date => value instanceof Date;'],
    ['a decision', DOMAIN, `// ${'AD'}R 7 (docs/${'ad'}r/0007) says why.`],
    ['a document', DOMAIN, '// See docs/adr/one.md.'],
    ['a link to a file', 'docs/guide.md', 'See [this](adr/one.md).'],
    ['a link to elsewhere', 'docs/guide.md', 'See [RFC](https://www.rfc-editor.org/rfc/rfc9457) and [above](#part).'],
    ['a link inside code', 'docs/guide.md', '`[a](b)`'],
    ['a folder that introduces itself', 'packages/latchkey/src/edge/index.ts', "/** Owns the edge. */\nexport * from './a.js';"],
  ])('lets %s pass', (_, path, text) => {
    expect(untidy(path, text, ['docs/adr/one.md'])).toEqual([]);
  });
});
