// @ts-check
/**
 * Writes what the dashboard's forms need of the contract: for each field of a call that has a `form`, its label, its help, its
 * bounds and its choices. The pages so need neither the contract nor its schema library (docs/adr/0051).
 *
 * `npm run contract` writes the files; a test fails while they differ from the contract.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileNameOf, loadContract } from './contract-types.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages/dashboard/src/contract/calls');

/**
 * The calls that a form of the dashboard makes, by resource.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const FORMS = {
  keys: ['create', 'list', 'revoke', 'revokeWhere', 'extendWhere', 'explain'],
  owners: ['update', 'list'],
  tiers: ['put'],
  events: ['list'],
  sessions: ['start'],
  portal: ['createLink'],
  ownKeys: ['create', 'list'],
};

/**
 * @typedef {{ type?: string, entries?: Record<string, Part>, item?: Part, wrapped?: Part, options?: readonly unknown[] }} Part
 * @typedef {{ form?: { label?: string, help?: string }, json?: { maxLength?: number, minimum?: number, maximum?: number, maxItems?: number }, oneOf?: readonly string[] }} About
 * @typedef {{ id: string, input?: Part, path?: Record<string, Part> }} Call
 * @typedef {{ label: string, help?: string, required?: true, maxLength?: number, min?: number, max?: number, maxItems?: number, choices?: readonly unknown[] }} Field
 */

/**
 * Returns the text of every file, by name.
 *
 * @param {{ CONTRACT: Record<string, Record<string, Call>>, aboutOf: (part: object) => About }} [contract]
 */
export async function formFiles(contract) {
  const { CONTRACT, aboutOf } = contract ?? /** @type {NonNullable<typeof contract>} */ (/** @type {unknown} */ (await loadContract()));
  return new Map(
    Object.entries(FORMS).map(([resource, names]) => {
      const calls = names.map((name) => /** @type {Call} */ (CONTRACT[resource]?.[name]));
      return [`${fileNameOf(resource)}.ts`, fileOf(calls.map((call) => [call.id, formFieldsOf(call, aboutOf)]))];
    }),
  );
}

/** Returns the names of the files that do not hold what the contract says. */
export async function staleForms() {
  const wanted = await formFiles();
  const there = readdirSync(folder);
  const stale = [...wanted].filter(([name, text]) => !there.includes(name) || readFileSync(join(folder, name), 'utf8') !== text);
  return [...stale.map(([name]) => name), ...there.filter((name) => !wanted.has(name))];
}

/**
 * Returns the fields of a call that a form takes, by their path: `credits.remaining`, and `limits.*.name` in each of a list.
 *
 * @param {Call} call
 * @param {(part: object) => About} aboutOf
 * @returns {Readonly<Record<string, Field>>}
 */
function formFieldsOf({ input = {}, path = {} }, aboutOf) {
  /** @type {(part: Part, above: string) => [string, Field][]} */
  const within = (part, above) => {
    if (part.wrapped !== undefined) return within(part.wrapped, above);
    if (part.item !== undefined) return within(part.item, `${above}*.`);
    const { oneOf = [] } = aboutOf(part);
    return Object.entries(part.entries ?? {}).flatMap(([name, entry]) => {
      const isRequired = oneOf.includes(name) || !['optional', 'nullish', 'exact_optional'].includes(entry.type ?? '');
      return [...fieldOf({ name, entry, above, isRequired }), ...within(entry, `${above}${name}.`)];
    });
  };
  /** @type {(given: { name: string, entry: Part, above: string, isRequired: boolean }) => [string, Field][]} */
  const fieldOf = ({ name, entry, above, isRequired }) => {
    const { form, json = {} } = aboutOf(entry);
    if (form === undefined) return [];
    const { type, options } = bare(entry);
    const field = {
      label: form.label ?? inWords(name),
      ...(form.help !== undefined && { help: form.help }),
      ...(isRequired && { required: /** @type {const} */ (true) }),
      ...(type === 'string' && json.maxLength !== undefined && { maxLength: json.maxLength }),
      ...(type === 'number' && { min: json.minimum, max: json.maximum }),
      ...(type === 'array' && json.maxItems !== undefined && { maxItems: json.maxItems }),
      ...(type === 'picklist' && { choices: options }),
    };
    return [[`${above}${name}`, /** @type {Field} */ (field)]];
  };
  return Object.fromEntries([...within({ entries: path }, ''), ...within(input, '')]);
}

/**
 * @param {Part} part
 * @returns {Part}
 */
function bare(part) {
  return part.wrapped === undefined ? part : bare(part.wrapped);
}

/**
 * `maxKeys` becomes "Max keys".
 *
 * @param {string} name
 */
function inWords(name) {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {readonly (readonly [id: string, fields: Readonly<Record<string, Field>>])[]} calls */
function fileOf(calls) {
  const entries = calls.flatMap(([, fields]) => Object.entries(fields).map(([path, field]) => ({ path, text: textOf(field) })));
  // A field that several calls share is written once.
  const shared = new Map(
    entries
      .filter(({ path, text }) => entries.filter((each) => each.path === path && each.text === text).length > 1)
      .map(({ path, text }) => [path, text]),
  );
  const constants = [...shared].map(([path, text]) => `const ${constantOf(path)} = ${text} as const;`);
  const objects = calls.map(([id, fields]) => {
    const lines = Object.entries(fields).map(([path, field]) => {
      const text = textOf(field);
      const name = constantOf(path);
      if (shared.get(path) !== text) return `  ${keyOf(path)}: ${text},`;
      return name === path ? `  ${name},` : `  ${keyOf(path)}: ${name},`;
    });
    return [`export const ${id} = {`, ...lines, '} as const satisfies Fields;'].join('\n');
  });
  const opening = '/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */';
  const head = `${opening}\nimport type { Fields } from '../field.js';`;
  return `${[head, ...(constants.length > 0 ? [constants.join('\n')] : []), ...objects].join('\n\n')}\n`;
}

/** @param {Field} field */
function textOf(field) {
  const parts = Object.entries(field).map(([name, value]) => `${name}: ${valueOf(value)}`);
  return `{ ${parts.join(', ')} }`;
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function valueOf(value) {
  if (Array.isArray(value)) return `[${value.map(valueOf).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}

/** @param {string} path */
function keyOf(path) {
  return /^\w+$/.test(path) ? path : `'${path}'`;
}

/** @param {string} path */
function constantOf(path) {
  return path.replaceAll(/[.*]+(\w)/g, (_, letter) => String(letter).toUpperCase());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(folder, { recursive: true });
  const wanted = await formFiles();
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
  for (const [name, text] of wanted) writeFileSync(join(folder, name), text);
}
