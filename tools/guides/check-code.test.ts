import { describe, expect, it } from 'vitest';
import { findTypeErrors } from './check-code.js';

const file = (name: string, text: string): string => `\`\`\`${name.slice(-2)} file=${name}\n${text}\n\`\`\`\n\n`;

describe('the code of guides', () => {
  it('is compiled as it stands after each change of a file, and an error is named by guide and line', () => {
    const good = file('lib/a.ts', 'export const a = 1;') + file('b.ts', "import { a } from './lib/a';\nexport const b: number = a;");
    const changed = [
      file('a.mjs', 'export const a = 1;'),
      file('b.ts', "import { a } from './a.mjs';\nexport const b: number = a;"),
      file('a.mjs', "export const a = 'one';"),
    ];
    const loose = `One line.\n\n${file('c.ts', 'export const c = (d) => d;\nconst unused = 1;')}`;
    const exact = file('e.ts', 'export const e: { f?: string } = { f: undefined };\nexport const g: string = [e.f ?? ""][0];');
    const guides = [
      { name: 'good.md', markdown: good },
      { name: 'changed.md', markdown: changed.join('') },
      { name: 'loose.md', markdown: loose },
      { name: 'exact.md', markdown: exact },
    ];
    expect(findTypeErrors(guides).filter((line) => !line.startsWith(' '))).toEqual([
      "changed.md:7: error TS2322: Type 'string' is not assignable to type 'number'.",
      "loose.md:4: error TS7006: Parameter 'd' implicitly has an 'any' type.",
      "loose.md:5: error TS6133: 'unused' is declared but its value is never read.",
      expect.stringMatching(/^exact\.md:2: error TS2375: .* with 'exactOptionalPropertyTypes: true'/),
      "exact.md:3: error TS2322: Type 'string | undefined' is not assignable to type 'string'.",
    ]);
  });
});
