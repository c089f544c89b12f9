import { describe, expect, it } from 'vitest';
import { parseGuide } from './parse-guide.js';

const GUIDE = `# A guide

\`\`\`sh
echo one
\`\`\`

\`\`\`text
one
\`\`\`

Prose.

\`\`\`sh service
npm start
\`\`\`

<!-- first terminal: Ctrl-C -->

\`\`\`text
stopped
\`\`\`

\`\`\`json
{ "not": "run" }
\`\`\`
`;

describe('the steps of a guide', () => {
  it('are its blocks of sh and the keys to press, each with its line and the output that is shown right after it', () => {
    expect(parseGuide(GUIDE)).toEqual([
      { kind: 'shell', text: 'echo one', line: 4, expected: { text: 'one', line: 8 } },
      { kind: 'first-terminal', text: 'npm start', line: 14, expected: null },
      { kind: 'key', text: 'Ctrl-C', line: 17, expected: { text: 'stopped', line: 20 } },
    ]);
  });

  it('leave out no block of sh unnoticed: one with another mark, or without an end, is an error that names its line', () => {
    expect(() => parseGuide('\n```sh serivce\nnpm start\n```\n')).toThrow('Line 2: use "sh" or "sh service", not "sh serivce".');
    expect(() => parseGuide('```sh\necho one\n')).toThrow('Line 1: this block has no end.');
    expect(() => parseGuide('<!-- first terminal: Ctrl-Q -->\n')).toThrow('Line 1: use one of Ctrl-C, Ctrl-Z, not "Ctrl-Q".');
  });
});
