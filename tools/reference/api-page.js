// @ts-check
/** The public face of the library in TypeScript: what each entry exports, and each declaration once. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const LIBRARY = fileURLToPath(new URL('../../packages/latchkey/', import.meta.url));

/** @typedef {{ readonly name: string, readonly text: string }} Declaration */
/** @typedef {ReadonlyMap<string, Declaration>} Exported */

/** @returns {string} */
export function apiPage() {
  const entries = entriesOfPackage().map(([specifier, file]) => /** @type {const} */ ([specifier, exportsOf(file)]));
  const declarations = new Set(entries.flatMap(([, exported]) => [...exported.values()]));
  return (
    [
      `The public face of the library: what each entry exports, and each declaration once. Made by tools/reference.js.

A change here is a change for users of the library, and belongs in CHANGELOG.md. What latchkey/internal exports is unstable, and not
listed.`,
      ...entries.map(([specifier, exported]) => [specifier, ...[...exported.keys()].toSorted().map((name) => `  ${name}`)].join('\n')),
      [...declarations]
        .map(({ text }) => text)
        .toSorted()
        .join('\n'),
    ].join('\n\n') + '\n'
  );
}

/** @returns {readonly (readonly [specifier: string, file: string])[]} */
function entriesOfPackage() {
  const { exports } = /** @type {{ exports: Readonly<Record<string, string>> }} */ (
    JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'))
  );
  return Object.entries(exports)
    .filter(([subpath]) => subpath !== './internal' && subpath !== './package.json')
    .map(([subpath, file]) => /** @type {const} */ ([`latchkey${subpath.slice(1)}`, join(LIBRARY, file.replace(/\.js$/, '.d.ts'))]));
}

/** @type {Map<string, Exported>} */
const known = new Map();

/**
 * Returns what a file of declarations exports, by name.
 *
 * @param {string} file
 * @returns {Exported}
 */
function exportsOf(file) {
  const found = known.get(file);
  if (found !== undefined) return found;
  /** @type {Map<string, Declaration>} */
  const exported = new Map();
  known.set(file, exported);
  const { program, text } = parsed(file);
  const locals = localsOf(file, program, text);
  for (const node of program.body) {
    if (node.type === 'ExportAllDeclaration') {
      for (const [name, declaration] of from(file, node.source.value)) exported.set(name, declaration);
    }
    if (node.type !== 'ExportNamedDeclaration') continue;
    if (node.declaration != null) for (const name of namesOf(node.declaration)) exported.set(name, { name, text: slice(text, node) });
    for (const specifier of node.specifiers) {
      const [imported, name] = [nameOf(specifier.local), nameOf(specifier.exported)];
      const source = node.source == null ? locals : from(file, node.source.value);
      exported.set(name, source.get(imported) ?? { name, text: `export { ${name} }; // of ${node.source?.value ?? 'this file'}` });
    }
  }
  return exported;
}

/** @param {string} file */
function parsed(file) {
  const source = readFileSync(file, 'utf8');
  const { program, comments } = parseSync(file, source);
  // The text without comments: documentation is not part of the declaration.
  const text = comments
    .toReversed()
    .reduce((rest, { start, end }) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end), source);
  return { program, text };
}

/** @typedef {import('oxc-parser').Program} Program */
/** @typedef {Program['body'][number]} Statement */

/** @type {(file: string, program: Program, text: string) => Exported} */
function localsOf(file, program, text) {
  /** @type {Map<string, Declaration>} */
  const locals = new Map();
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      for (const specifier of node.specifiers) {
        if (specifier.type !== 'ImportSpecifier') continue;
        const declaration = from(file, node.source.value).get(nameOf(specifier.imported));
        if (declaration !== undefined) locals.set(specifier.local.name, declaration);
      }
    } else for (const name of namesOf(node)) locals.set(name, { name, text: slice(text, node) });
  }
  return locals;
}

/** @type {(file: string, specifier: string) => Exported} */
function from(file, specifier) {
  return specifier.startsWith('.') ? exportsOf(join(dirname(file), specifier.replace(/\.js$/, '.d.ts'))) : new Map();
}

/** @type {(node: unknown) => readonly string[]} */
function namesOf(node) {
  const { id, declarations } = /** @type {{ id?: { name?: string } | null, declarations?: readonly { id: { name?: string } }[] }} */ (node);
  const names = declarations === undefined ? [id?.name] : declarations.map((each) => each.id.name);
  return names.filter((name) => name !== undefined);
}

/** @param {{ readonly type: string, readonly name?: string, readonly value?: unknown }} node */
function nameOf(node) {
  return node.name ?? String(node.value);
}

/** @type {(text: string, node: { readonly start: number, readonly end: number }) => string} */
function slice(text, { start, end }) {
  return text
    .slice(start, end)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '')
    .join('\n');
}
