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

\`\`\`json tested=elsewhere
{ "not": "run" }
\`\`\`

\`\`\`ts file=app/[id]/route.ts
export const one = 1;
\`\`\`
`;

describe('the steps of a guide', () => {
  it('are its blocks of sh, the keys to press and the files to write, each with its line and the output that is shown right after it', () => {
    expect(parseGuide(GUIDE)).toEqual([
      { kind: 'shell', text: 'echo one', line: 4, expected: { text: 'one', line: 8 } },
      { kind: 'first-terminal', text: 'npm start', line: 14, expected: null },
      { kind: 'key', text: 'Ctrl-C', line: 17, expected: { text: 'stopped', line: 20 } },
      { kind: 'file', file: 'app/[id]/route.ts', text: 'export const one = 1;', line: 28, expected: null },
    ]);
  });

  it('leave out no code unnoticed: a block with another mark, or without an end, is an error that names its line', () => {
    expect(() => parseGuide('\n```sh serivce\nnpm start\n```\n')).toThrow(
      'Line 2: use one of "sh", "sh service", "js file=<path>", "text", "<language> tested=<name>", "<language> not-run", not "sh serivce".',
    );
    for (const info of [
      'ts',
      'json',
      'sh tested=',
      'sh tested=One',
      'sh not-run now',
      'js file=',
      'js file=../up.js',
      'js file=/etc/x.js',
      'python',
      'bash',
      '',
    ]) {
      expect(() => parseGuide(`\`\`\`${info}\ncode\n\`\`\`\n`), info).toThrow(`Line 1: use one of "sh", `);
    }
    for (const block of ['- one\n\n  ```sh\n  echo one\n  ```\n', '\n\n~~~sh\necho one\n~~~\n']) {
      expect(() => parseGuide(block)).toThrow('Line 3: begin a block with ```, at the start of its line.');
    }
    for (const apart of ['```text\none\n```\n', '```sh\necho one\n```\n\nProse.\n\n```text\none\n```\n']) {
      expect(() => parseGuide(apart)).toThrow('mark this as "text to-read", it is the output of no step.');
    }
    expect(() => parseGuide('```sh\necho one\n')).toThrow('Line 1: this block has no end.');
    expect(() => parseGuide('<!-- first terminal: Ctrl-Q -->\n')).toThrow('Line 1: use one of Ctrl-C, Ctrl-Z, not "Ctrl-Q".');
  });
});
