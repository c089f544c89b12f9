// @ts-check
/**
 * The blocks of code in documents, and what becomes of each. Those of a guide that its reader types are run in their order
 * (run-guide.ts). Every other block says by a mark after its language what becomes of it:
 *
 * - `tested=<name>`: a test takes it by `blockOf('<document>', '<name>')`, and runs it by the tool that its reader uses.
 * - `not-run`: no test runs it, and the text right before or after it says so, with the words "No test runs".
 * - `to-read`: it is no code, but a letter, a formula or a picture; for `text` only.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Block
 * @property {string} info What stands after the fence.
 * @property {string} text
 * @property {number} line Of its first line of text, counted from 1.
 * @property {string} around The paragraphs right before and after it.
 */

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;
const MARK = /^(\S+) (?:tested=([a-z][a-z0-9-]*)|(not-run|to-read))$/;
const SAID = /\bno\s+test\s+runs\b/i;

/**
 * Returns every block, however it is fenced.
 *
 * @param {string} markdown
 * @returns {readonly Block[]}
 */
export function blocksIn(markdown) {
  const lines = markdown.split('\n');
  /** @type {Block[]} */
  const blocks = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, marks, info] = FENCE.exec(lines[at] ?? '') ?? [];
    if (marks === undefined || info === undefined) continue;
    const found = lines.findIndex((line, index) => index > at && line.trim() === marks);
    const end = found < 0 ? lines.length : found;
    const before = paragraph(lines.slice(0, at).toReversed()).split('\n').toReversed().join('\n');
    const around = `${before}\n${paragraph(lines.slice(end + 1))}`;
    blocks.push({ info: info.trim(), text: lines.slice(at + 1, end).join('\n'), line: at + 2, around });
    at = end;
  }
  return blocks;
}

/** @param {readonly string[]} lines Away from the block. */
function paragraph(lines) {
  const start = lines.findIndex((line) => line.trim() !== '');
  const rest = lines.slice(Math.max(start, 0));
  const end = rest.findIndex((line) => line.trim() === '');
  return (end < 0 ? rest : rest.slice(0, end)).join('\n');
}

/**
 * Returns whether a block has a mark, so that no reader of a guide types it in its order.
 *
 * @param {string} info
 */
export function isMarked(info) {
  return MARK.test(info);
}

/**
 * The block of a document that is marked `tested=<name>`. Throws where there is not exactly one.
 *
 * @param {string} document Its path from the root of the repository.
 * @param {string} name
 * @returns {string}
 */
export function blockOf(document, name) {
  const markdown = readFileSync(fileURLToPath(new URL(`../../${document}`, import.meta.url)), 'utf8');
  const [block, ...more] = blocksIn(markdown).filter(({ info }) => MARK.exec(info)?.[2] === name);
  if (block === undefined || more.length > 0) throw new Error(`${document}: mark one block as tested=${name}.`);
  return `${block.text}\n`;
}

/**
 * Returns a line for each block of a document that no mark and no test claims.
 *
 * @param {{ name: string, markdown: string }} document
 * @param {{ isWalked: boolean, tests: string }} claims Whether a test runs the document in its order, and the text of all tests.
 * @returns {readonly string[]}
 */
export function unclaimedBlocks({ name, markdown }, { isWalked, tests }) {
  return blocksIn(markdown).flatMap(({ info, line, around }) => {
    const [, language, tested, other] = MARK.exec(info) ?? [];
    const problem = (/** @type {string} */ what) => [`${name}:${line}: ${what}`];
    if (tested !== undefined) {
      return tests.includes(`blockOf('${name}', '${tested}')`) ? [] : problem(`no test calls blockOf('${name}', '${tested}').`);
    }
    if (other === 'not-run') return SAID.test(around) ? [] : problem('say right before or after it: "No test runs this", and why.');
    if (other === 'to-read') return language === 'text' ? [] : problem('only text can be there to be read.');
    if (isWalked) return [];
    return problem(`mark it as "${info.split(' ')[0] ?? ''} tested=<name>" and test it, or as not-run.`);
  });
}
