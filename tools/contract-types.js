// @ts-check
/**
 * Writes the TypeScript types of the contract: an interface for every shape that has a name and for the calls of every resource,
 * with what the contract says of them as documentation that editors show. What users of the library read is then plain
 * TypeScript, without the types of a schema library.
 *
 * `npm run contract` writes them; a test fails while they differ from the contract.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'packages/latchkey/src/contract');
const types = join(source, 'types');

/**
 * @typedef {{ type?: string, entries?: Record<string, Part>, item?: Part, wrapped?: Part, options?: readonly unknown[], kind?: string, pipe?: readonly Part[], metadata?: { type?: string } }} Part
 * @typedef {{ name?: string, description?: string, type?: string, from?: string, only?: string }} About
 * @typedef {{ summary: string, description?: string, input?: Part, output: Part, effect: string, pathType?: string, repeatable?: true, walked?: true }} Call
 * @typedef {{ CONTRACT: Record<string, Record<string, Call>>, ADDRESSES: Record<string, Record<string, { path: string, conditional?: true }>>, parametersOf: (path: string) => readonly string[], aboutOf: (part: object) => About }} Contract
 */

/** Returns the text of every file of types, by name. */
export async function contractTypes() {
  const contract = await loadContract();
  const homes = homesOf(contract);
  return new Map(typedResources(contract).map((resource) => [`${fileNameOf(resource)}.ts`, fileOf(resource, contract, homes)]));
}

/** Returns the names of the files that do not hold what the contract says. */
export async function staleTypes() {
  const wanted = await contractTypes();
  const there = readdirSync(types);
  const stale = [...wanted].filter(([name, text]) => !there.includes(name) || readFileSync(join(types, name), 'utf8') !== text);
  return [...stale.map(([name]) => name), ...there.filter((name) => !wanted.has(name))];
}

/**
 * The resources whose calls have generated types. Those of verification are written by hand: their first argument is the token.
 *
 * @param {Contract} contract
 */
function typedResources({ CONTRACT }) {
  return Object.keys(CONTRACT).filter((resource) => resource !== 'verification');
}

/** @param {string} resource */
export function fileNameOf(resource) {
  return resource.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** @returns {Promise<Contract>} */
export async function loadContract() {
  const folder = mkdtempSync(join(root, 'node_modules/.contract-'));
  try {
    const outfile = join(folder, 'contract.mjs');
    await build({ entryPoints: [join(source, 'index.ts')], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
    return /** @type {Contract} */ (await import(pathToFileURL(outfile).href));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The resource whose file declares each named shape: the first that uses it.
 *
 * @param {Contract} contract
 */
function homesOf({ CONTRACT, aboutOf }) {
  /** @type {Map<string, { resource: string, part: Part, isInput: boolean }>} */
  const homes = new Map();
  /** @type {(part: Part, resource: string, isInput: boolean) => void} */
  const visit = (part, resource, isInput) => {
    const { name, type } = aboutOf(part);
    if (type !== undefined) return;
    if (part.wrapped !== undefined) return visit(part.wrapped, resource, isInput);
    if (part.item !== undefined) return visit(part.item, resource, isInput);
    if (part.entries === undefined) return undefined;
    for (const entry of Object.values(part.entries)) visit(entry, resource, isInput);
    if (name !== undefined && !homes.has(name)) homes.set(name, { resource, part, isInput });
    return undefined;
  };
  for (const [resource, calls] of Object.entries(CONTRACT)) {
    for (const { input, output } of Object.values(calls)) {
      if (input !== undefined) visit(input, resource, true);
      visit(output, resource, false);
    }
  }
  return homes;
}

/**
 * @param {string} resource
 * @param {Contract} contract
 * @param {ReturnType<typeof homesOf>} homes
 */
function fileOf(resource, contract, homes) {
  const { aboutOf, ADDRESSES, parametersOf } = contract;
  /** @type {Map<string, Set<string>>} */
  const imports = new Map();
  const use = (/** @type {string} */ name, /** @type {string} */ from) => imports.set(from, (imports.get(from) ?? new Set()).add(name));

  /** @type {(part: Part, isInput: boolean) => string} */
  const typeOf = (part, isInput) => {
    const { name, type, from } = aboutOf(part);
    const isWhole = part.pipe?.some(({ metadata }) => metadata?.type !== undefined) === true;
    if (part.wrapped !== undefined && !isWhole) {
      const ofNull = part.type === 'nullable' || part.type === 'nullish';
      return typeOf(part.wrapped, isInput) + (ofNull ? ' | null' : '');
    }
    if (type !== undefined) {
      if (from !== undefined) use(type, `../../${from}.js`);
      return isInput || !type.startsWith('N[') ? type : 'string';
    }
    switch (part.type ?? '') {
      case 'string':
      case 'number':
      case 'boolean':
      case 'unknown':
      case 'void':
        return part.type ?? '';
      case 'picklist':
        return (part.options ?? []).map((word) => `'${String(word)}'`).join(' | ');
      case 'union':
        return /** @type {Part[]} */ (part.options).map((option) => typeOf(option, isInput)).join(' | ');
      case 'array': {
        const item = typeOf(/** @type {Part} */ (part.item), isInput);
        return `readonly ${/[ |]/.test(item) && !item.startsWith('{') ? `(${item})` : item}[]`;
      }
      case 'strict_object': {
        if (name === undefined)
          return `{ ${fieldsOf(part, isInput)
            .map(({ text }) => text)
            .join(' ')} }`;
        const home = homes.get(name)?.resource ?? resource;
        if (home !== resource) use(name, `./${fileNameOf(home)}.js`);
        return name + (isGeneric(part) ? '<N>' : '');
      }
      default:
        throw new Error(`tools/contract-types.js: no TypeScript type is known for ${String(part.type)}; give it one with \`type\`.`);
    }
  };

  /** @type {(part: Part, isInput: boolean) => { text: string, description: string | undefined }[]} */
  const fieldsOf = (part, isInput) =>
    Object.entries(part.entries ?? {})
      .filter(([, entry]) => aboutOf(entry).only !== 'json')
      .map(([name, entry]) => {
        const mayLack = ['optional', 'nullish', 'exact_optional'].includes(entry.type ?? '');
        const orUndefined = mayLack && entry.type !== 'exact_optional' ? ' | undefined' : '';
        return {
          text: `readonly ${name}${mayLack ? '?' : ''}: ${typeOf(entry, isInput)}${orUndefined};`,
          description: aboutOf(entry).description,
        };
      });

  /** @type {(part: Part) => boolean} */
  const isGeneric = (part) => {
    const { type } = aboutOf(part);
    if (type !== undefined) return type.includes('N[');
    if (part.wrapped !== undefined) return isGeneric(part.wrapped);
    if (part.item !== undefined) return isGeneric(part.item);
    return Object.values(part.entries ?? {}).some(isGeneric);
  };

  const declared = [...homes]
    .filter(([, home]) => home.resource === resource)
    .map(([name, { part, isInput }]) => {
      const generic = isInput && isGeneric(part);
      const lines = fieldsOf(part, isInput).flatMap(({ text, description }) => [...comment(description, '  '), `  ${text}`]);
      const { description } = aboutOf(original(part));
      return [...comment(description, ''), `export interface ${name}${generic ? '<N extends Names = Names>' : ''} {`, ...lines, '}'].join(
        '\n',
      );
    });

  const calls = Object.entries(contract.CONTRACT[resource] ?? {}).flatMap(([name, call]) => {
    const parameters = parametersOf(ADDRESSES[resource]?.[name]?.path ?? '').map(
      (parameter) => `${parameter}: ${call.pathType ?? 'string'}`,
    );
    if (call.input !== undefined) {
      const allOptional = Object.values(call.input.entries ?? {}).every((entry) => ['optional', 'nullish'].includes(entry.type ?? ''));
      const isOptional = allOptional && name !== 'update' && aboutOf(call.input).type === undefined;
      parameters.push(`input${isOptional ? '?' : ''}: ${typeOf(call.input, true)}`);
    }
    const isConditional = ADDRESSES[resource]?.[name]?.conditional === true;
    if (isConditional) use('IfMatch', '../call-options.js');
    const options = `O['${optionsOf(call)}']${isConditional ? ' & IfMatch' : ''}`;
    const output = typeOf(call.output, false);
    const text = [`${call.summary}.`, call.description].filter((part) => part !== undefined).join(' ');
    const declared = comment(text, '  ');
    if (call.repeatable === true) {
      // One signature, so that an error names the argument: of overloads the compiler says that none matches.
      for (const helper of ['IssuedBy', 'Unrepeated']) use(helper, '../call-options.js');
      const generic = `P extends ${options} = ${options} & Unrepeated`;
      declared.push(`  ${name}<${generic}>(${[...parameters, 'options?: P'].join(', ')}): Promise<IssuedBy<P, ${output}>>;`);
    } else {
      declared.push(`  ${name}(${[...parameters, `options?: ${options}`].join(', ')}): Promise<${output}>;`);
    }
    if (call.walked === true) {
      const item = typeOf(/** @type {Part} */ (original(call.output).entries?.['data']?.item), false);
      declared.push(...comment(WALK, '  '));
      declared.push(`  walk(${[...parameters, `options?: ${options}`].join(', ')}): AsyncIterable<${item}>;`);
    }
    return declared;
  });
  const Resource = resource.slice(0, 1).toUpperCase() + resource.slice(1).replace(/s$/, '');
  const generic = calls.some((line) => /<N>|N\[/.test(line)) || declared.some((text) => text.includes('<N extends'));
  if (generic) use('Names', '../../domain/names.js');
  for (const name of ['LibraryOptions', 'OptionsByKind']) use(name, '../call-options.js');
  const parameters = [...(generic ? ['N extends Names = Names'] : []), 'O extends OptionsByKind = LibraryOptions'];
  const importLines = [...imports]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => `import type { ${[...names].toSorted().join(', ')} } from '${from}';`);
  return [
    `/** The types of the calls about ${WORDS[resource] ?? resource}. Generated from \`contract/calls/${SOURCES[resource] ?? fileNameOf(resource)}.ts\`: run \`npm run contract\` after a change there. */`,
    ...importLines,
    '',
    [`export interface ${Resource}Calls<${parameters.join(', ')}> {`, ...calls, '}'].join('\n'),
    '',
    declared.join('\n\n'),
    '',
  ].join('\n');
}

/**
 * The words for a resource, and the file that declares it, if its own name is neither.
 *
 * @type {Readonly<Record<string, string>>}
 */
const WORDS = { ownKeys: "an owner's own keys", service: 'the service', portal: 'the portal' };
/** @type {Readonly<Record<string, string>>} */
const SOURCES = { portal: 'sessions' };

/** The documentation of every `walk`. */
const WALK =
  'Iterates over every item of this list, page by page, from the first page or from `cursor` on; `limit` is the size of a page. The next page is asked for when the loop comes to it. An item that is there throughout and keeps its place in the order comes exactly once. Rejects as `list` does; where `signal` fires, when the next page is asked for.';

/** @param {Call} call */
function optionsOf({ effect, repeatable }) {
  if (effect === 'changes') return repeatable === true ? 'issue' : 'read';
  if (effect === 'reads' || effect === 'removes') return 'read';
  if (repeatable !== true) return 'change';
  return effect === 'takes away' ? 'reissue' : 'issue';
}

/**
 * The shape as it was first named: where it is a field, more may have been said about it.
 *
 * @param {Part} part
 * @returns {Part}
 */
function original(part) {
  const first = part.pipe?.[0];
  return first?.kind === 'schema' && first.pipe !== undefined ? original(first) : part;
}

const WIDTH = 120;

/**
 * @param {string | undefined} text
 * @param {string} indent
 */
function comment(text, indent) {
  if (text === undefined) return [];
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(types, { recursive: true });
  const wanted = await contractTypes();
  for (const name of readdirSync(types)) if (!wanted.has(name)) rmSync(join(types, name));
  for (const [name, text] of wanted) writeFileSync(join(types, name), text);
}
