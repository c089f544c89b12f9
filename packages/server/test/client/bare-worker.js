/**
 * Runs the client in a context that has nothing of Node's, but what stands in the list: as little as any place has that has
 * `fetch`. The built modules are loaded as they are published. Prints what the calls gave, as JSON.
 */
import { readFileSync } from 'node:fs';
import { createContext, SourceTextModule } from 'node:vm';

const [entry = '', url = '', adminKey = ''] = process.argv.slice(2);

const needed = { fetch, URL, URLSearchParams, AbortSignal };
const forCaching = { crypto, TextEncoder, structuredClone, performance };

const plain = await run(needed, undefined);
const cached = await run({ ...needed, ...forCaching }, { ttlMs: 60_000 });
process.stdout.write(JSON.stringify({ plain, cached }));

/**
 * @param {Readonly<Record<string, unknown>>} globals
 * @param {{ ttlMs: number } | undefined} cache
 */
async function run(globals, cache) {
  const context = createContext({ ...globals });
  const { namespace } = await load(entry, context);
  const { createClient, createOwnKeysClient, NotFoundError } = /** @type {typeof import('latchkey/client')} */ (namespace);
  const client = createClient({ url, adminKey, cache });
  const { key, token } = await client.keys.create({ name: 'k', owner: 'o' });
  const missing = await rejection(client.keys.get('key_none'));
  const own = await rejection(createOwnKeysClient({ url: `${url}/v1/me`, jwt: async () => 'a.b.c' }).list());
  return {
    code: (await client.verify(token)).code,
    repeated: (await client.verify(token)).cachedForMs !== undefined,
    found: (await client.keys.list({ search: key.id })).data.length,
    batch: (await client.verifyBatch([{ token }])).length,
    missing: missing instanceof NotFoundError,
    own: typeof own === 'object' && own !== null && 'code' in own ? own.code : String(own),
  };
}

/** @param {Promise<unknown>} call */
async function rejection(call) {
  return call.then(
    () => null,
    (/** @type {unknown} */ error) => error,
  );
}

/**
 * A module and all that it imports, which must be files beside it.
 *
 * @param {string} path
 * @param {import('node:vm').Context} context
 */
async function load(path, context) {
  /** @type {Map<string, SourceTextModule>} */
  const known = new Map();
  const moduleOf = (/** @type {string} */ href) => {
    const module = known.get(href) ?? new SourceTextModule(readFileSync(new URL(href), 'utf8'), { context, identifier: href });
    known.set(href, module);
    return module;
  };
  const root = moduleOf(path);
  await root.link((specifier, { identifier }) => {
    if (!specifier.startsWith('.')) throw new Error(`${identifier} imports ${specifier}`);
    return moduleOf(new URL(specifier, identifier).href);
  });
  await root.evaluate();
  return root;
}
