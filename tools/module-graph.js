// @ts-check
/** What a built module brings in, found by walking from file to file, as a bundler does. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importsOf } from './imports-of.js';

/**
 * `atOnce`: packages and builtins that are loaded together with the module. `onDemand`: those that an `import()` may load later.
 * Of declarations (`.d.ts`), whatever they name is `atOnce`.
 *
 * @typedef {{ atOnce: readonly string[], onDemand: readonly string[] }} BroughtIn
 */

/**
 * Throws for a file that is not there, and for a way of loading modules that cannot be followed.
 *
 * @param {string} entry
 * @returns {BroughtIn}
 */
export function walkModules(entry) {
  const atOnce = collect(entry, false);
  const all = collect(entry, true);
  return { atOnce: [...atOnce].sort(), onDemand: [...all].filter((name) => !atOnce.has(name)).sort() };
}

/** Finds where a package is that the same file imports (stores/sqlite/driver.js): it brings in nothing else. */
const LOOKS_UP = "process.getBuiltinModule('node:module').createRequire(import.meta.url)";

/**
 * @param {string} entry
 * @param {boolean} withOnDemand
 */
function collect(entry, withOnDemand) {
  /** @type {Set<string>} */
  const names = new Set();
  const files = new Set([entry]);
  // A set is walked in the order of insertion, what is added meanwhile included.
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    if (/\b(?:createRequire|require)\s*\(/.test(text.replaceAll(LOOKS_UP, '')))
      throw new Error(`${file}: loads modules by require, which cannot be followed.`);
    for (const { request, onDemand } of importsOf(file, text)) {
      if (request === null) throw new Error(`${file}: loads a module whose name is only known when it runs.`);
      if (onDemand && !withOnDemand) continue;
      if (request.startsWith('.')) files.add(fileOf(file, request));
      else names.add(nameOf(request));
    }
  }
  return names;
}

/** Of a declaration, the declaration. @param {string} from @param {string} request */
function fileOf(from, request) {
  const path = join(dirname(from), request);
  const file = from.endsWith('.d.ts') ? path.replace(/\.js$/, '.d.ts') : path;
  if (!existsSync(file)) throw new Error(`${from}: imports ${request}, which is not there.`);
  return file;
}

/** Of a package, without the path within it. @param {string} request */
function nameOf(request) {
  return request.startsWith('node:') ? request : request.split('/', request.startsWith('@') ? 2 : 1).join('/');
}
