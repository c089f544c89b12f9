// @ts-check
/**
 * House rules that no linter of ours can express, each with what to do instead. The linter has the rest.
 * Reads what git tracks or would track, so that a stray file is judged before it is committed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @typedef {{ path: string, text: string, exists: (path: string) => boolean, decisions: ReadonlySet<number> }} File */

const SOURCE = /^(?:packages\/[^/]+\/(?:src|test)|tools|bench)\/.*\.(?:js|ts|tsx)$/;
/** Files whose comments name documents of this repository, and no others. */
const NAMES_DOCUMENTS = /^(?:packages\/[^/]+\/src|deploy)\//;
/** Written by a program, which splits them by resource. */
const GENERATED = /^packages\/latchkey\/src\/contract\/types\//;
const LINES_MAX = 400;
const TEST_LINES_MAX = 500;

/**
 * One line for each breach in the file.
 *
 * @param {File} file
 * @returns {string[]}
 */
export function findUntidy(file) {
  const checks = [bannedName, looseEnds, length, currentTime, missingOpening, deadLinks, missingDecisions, missingDocuments];
  return checks.flatMap((check) => check(file)).map((problem) => `${file.path}: ${problem}`);
}

/** @param {File} file */
function bannedName({ path }) {
  const found = /(?:^|[/-])(utils?|helpers?|common|manager|misc)(?:[-./]|$)/.exec(path)?.[1];
  return found === undefined ? [] : [`"${found}" says nothing of what is inside; name the file for its main export.`];
}

/** @param {File} file */
function looseEnds({ path, text }) {
  // Put together from halves, so that this file does not find itself.
  const marks = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
  const line = text.split('\n').findIndex((each) => marks.test(each));
  return line < 0 || /(?:^|\/)package-lock\.json$/.test(path)
    ? []
    : [`line ${line + 1} leaves work undone; do it, or open an issue and leave no mark.`];
}

/** @param {File} file */
function length({ path, text }) {
  const lines = text.split('\n').length - 1;
  const most = path.endsWith('.test.ts') ? TEST_LINES_MAX : LINES_MAX;
  return SOURCE.test(path) && !GENERATED.test(path) && lines > most
    ? [`${lines} lines; split it by what its parts are about (at most ${most}).`]
    : [];
}

/** The linter bans Date.now, but has no rule for a Date made of nothing. @param {File} file */
function currentTime({ path, text }) {
  if (!path.startsWith('packages/latchkey/src/') || path.endsWith('/engine/runtime/system.ts')) return [];
  return /\bnew Date(?:\(\s*\)|(?!\s*\())/.test(text) || /\bDate\(\)/.test(text)
    ? ['reads the machine’s clock through Date; take the time as an argument, or from Clock.now.']
    : [];
}

/** The entry file of a folder says what the folder owns. @param {File} file */
function missingOpening({ path, text }) {
  if (!/^packages\/[^/]+\/src\/.*\bindex\.ts$/.test(path) || text.trimStart().startsWith('/**')) return [];
  return ['begin with 2 to 8 lines of comment: what the folder owns, and what not.'];
}

/** @param {File} file */
function deadLinks({ path, text, exists }) {
  if (!path.endsWith('.md')) return [];
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .filter((target) => !exists(join(dirname(path), target.replace(/#.*$/, ''))))
    .map((target) => `links to ${target}, which is not there.`);
}

/** @param {File} file */
function missingDecisions({ text, decisions }) {
  const named = [...text.matchAll(/\bADRs? (\d+)|\badr\/(\d{4})/g)].map(([, number, file]) => Number(number ?? file));
  return [...new Set(named)]
    .filter((number) => !decisions.has(number))
    .map((number) => `names decision ${number}, which docs/adr does not have; name the right one, or none.`);
}

/** @param {File} file */
function missingDocuments({ path, text, exists }) {
  if (!NAMES_DOCUMENTS.test(path)) return [];
  const named = [...text.matchAll(/(?<![\w/.-])(?:docs\/[\w/.-]+|[A-Z]+)\.md\b/g)].map(([name]) => name);
  return [...new Set(named)].filter((name) => !exists(name)).map((name) => `names ${name}, which is not there.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const paths = listed
    .split('\0')
    .filter((path) => path !== '' && /\.(?:js|ts|tsx|json|md|sh|ya?ml)$/.test(basename(path)) && existsSync(join(root, path)));
  const exists = (/** @type {string} */ path) => existsSync(join(root, path));
  const decisions = new Set(paths.map((path) => Number(/^docs\/adr\/(\d{4})-/.exec(path)?.[1])));
  const problems = paths.flatMap((path) => findUntidy({ path, text: readFileSync(join(root, path), 'utf8'), exists, decisions }));
  for (const line of problems) console.log(line);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
