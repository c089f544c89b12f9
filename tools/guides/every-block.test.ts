/** No block of code of any document is forgotten: it is run in its order, taken by a test, or says that no test runs it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { blocksIn, unclaimedBlocks } from './blocks.js';
import { guideNames } from './guide-names.js';
import { parseGuide } from './parse-guide.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = ['node_modules', 'dist', '.git'];

/** Paths from the root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return NOT_OURS.includes(entry.name) ? [] : filesBelow(path);
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const files = filesBelow('.');
const tests = files
  .filter((file) => (file.endsWith('.test.ts') && !file.endsWith('every-block.test.ts')) || /^tools\/[a-z-]+\.js$/.test(file))
  .map(read)
  .join('\n');
const documents = files.filter((file) => file.endsWith('.md'));
/** The README of an example is run by the test of that example. */
const isExample = (name: string): boolean => {
  const example = /^examples\/([a-z-]+)\/README\.md$/.exec(name)?.[1];
  return (
    example !== undefined &&
    files.includes(`examples/test/${example}.test.ts`) &&
    read(`examples/test/${example}.test.ts`).includes('.walk()')
  );
};

describe('the blocks of all documents', () => {
  it('are run, or say that they are not', () => {
    expect(documents.length).toBeGreaterThan(30);
    const isWalked = (name: string): boolean => guideNames().includes(name) || isExample(name);
    expect(documents.flatMap((name) => unclaimedBlocks({ name, markdown: read(name) }, { isWalked: isWalked(name), tests }))).toEqual([]);
    // Throws for a block of a walked document that is no step and has no mark.
    for (const name of documents.filter(isWalked)) expect(() => parseGuide(read(name)), name).not.toThrow();
  });

  it('are few where no test runs them', () => {
    const left = documents.flatMap((name) =>
      blocksIn(read(name))
        .filter(({ info }) => info.endsWith(' not-run'))
        .map(() => name),
    );
    expect(left).toEqual(['CONTRIBUTING.md', 'docs/guides/production.md', 'docs/guides/production.md']);
  });

  it('deploy: every file is taken by a test, or says that no test runs it', () => {
    const said = (file: string): boolean => tests.includes(`'${file}'`) || /^# .*no test runs/im.test(read(file));
    expect(files.filter((file) => file.startsWith('deploy/') && !said(file))).toEqual([]);
  });
});

describe('the search for blocks that nobody runs', () => {
  const found = (markdown: string, isWalked = false): readonly string[] =>
    unclaimedBlocks({ name: 'a.md', markdown }, { isWalked, tests: "blockOf('a.md', 'known')" });

  it('finds one without a mark, however it is fenced, and one that no test takes', () => {
    const fences = ['```sh\na\n```', '````sh\na\n````', '~~~sh\na\n~~~', '- b\n\n  ```sh\n  a\n  ```', '```\na\n```', '```sh\nno end'];
    for (const fence of fences) expect(found(`Text.\n\n${fence}\n`), fence).toEqual([expect.stringContaining('tested=<name>')]);
    expect(found('```sh tested=known\na\n```')).toEqual([]);
    expect(found('```sh tested=unknown\na\n```')).toEqual(["a.md:2: no test calls blockOf('a.md', 'unknown')."]);
    expect(found('```sh\na\n```', true)).toEqual([]);
  });

  it('takes not-run only beside a text that says so, and to-read only for text', () => {
    const block = '```sh not-run\na\n```';
    for (const text of [`No test runs this.\n\n${block}`, `${block}\n\nIt needs a token; no test runs it.`])
      expect(found(text)).toEqual([]);
    for (const text of [block, `No test runs this.\n\nMore.\n\n${block}`])
      expect(found(text)).toEqual([expect.stringContaining('say right before')]);
    expect(found('```text to-read\na\n```')).toEqual([]);
    expect(found('```sh to-read\na\n```')).toEqual(['a.md:2: only text can be there to be read.']);
  });
});
