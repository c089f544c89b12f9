// @ts-check
/**
 * Edits files of the library as they are loaded, in the process that this is registered in: the build stays as it is.
 *
 * @typedef {{ file: string, find: string, put: string }} Edit
 */

/** @type {readonly Edit[]} */
let edits = [];

/** @param {readonly Edit[]} data */
export function initialize(data) {
  edits = data;
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  let source = loaded.source instanceof Uint8Array ? new TextDecoder().decode(loaded.source) : /** @type {string} */ (loaded.source);
  const meant = edits.filter(({ file }) => url.endsWith(`/dist/${file}`));
  for (const { file, find, put } of meant) {
    if (source.split(find).length !== 2) throw new Error(`${file} does not have this text exactly once: ${find}`);
    source = source.replace(find, () => put);
  }
  return meant.length === 0 ? loaded : { ...loaded, source };
}
