/** The bounds that the OpenAPI document states of what is sent, and requests that hold a value of a certain size there. */
import type { Document, JsonSchema } from './conformance.js';

const BOUNDS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'] as const;

/** A step into a value: a field, the items of a list, or one of several types. */
type Step = string | { readonly branch: number } | { readonly item: 0 };

export interface Site {
  /** Such as `POST /v1/keys`. */
  readonly operation: string;
  readonly in: 'body' | 'query' | 'header';
  readonly steps: readonly Step[];
  readonly word: (typeof BOUNDS)[number];
  readonly bound: number;
  readonly schema: JsonSchema;
}

export interface Probe {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How a text of a certain length is spelled so that nothing but its length can be wrong; by default one letter many times. */
export type Spelling = Readonly<Record<string, (length: number) => string>>;

export interface Making {
  readonly document: Document;
  readonly spelling: Spelling;
  /** Values for fields and parameters that a request needs beside the one that is probed. */
  readonly known: Readonly<Record<string, unknown>>;
  /** Other fields that change in an object whose field is probed. */
  readonly beside: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export function boundSites(document: Document): readonly Site[] {
  return placesOf(document).flatMap(({ schema, ...place }) =>
    BOUNDS.flatMap((word) => {
      const bound = schema[word];
      return typeof bound === 'number' ? [{ ...place, schema, word, bound }] : [];
    }),
  );
}

/** Numbers of requests that the document bounds on one side alone, or on none. */
export function unboundedNumbers(document: Document): readonly string[] {
  return placesOf(document)
    .filter(({ schema }) => ['integer', 'number'].some((type) => [schema['type']].flat().includes(type)))
    .filter(({ schema }) => typeof schema['minimum'] !== 'number' || typeof schema['maximum'] !== 'number')
    .map((place) => `${place.operation} ${pointerOf(place)}`);
}

export function pointerOf({ steps }: Pick<Site, 'steps'>): string {
  return steps.map((step) => (typeof step === 'string' ? `/${step}` : 'item' in step ? '/0' : '')).join('');
}

/** A request that is right in all else, and has a value of this size (a number, or so many characters or items) at the site. */
export function probeAt(site: Site, size: number, making: Making): Probe {
  const [method = '', path = ''] = site.operation.split(' ');
  const operation = making.document.paths[path]?.[method.toLowerCase()];
  const value = sized(site, size, making);
  const name = String(site.steps[0]);
  const required = (operation?.parameters ?? []).filter((one) => one.in === 'query' && one.required === true);
  const others = Object.fromEntries(
    required.map((one) => [one.name, String(making.known[one.name] ?? minimal(one.schema, one.name, making))]),
  );
  const schema = operation?.requestBody?.content['application/json']?.schema;
  const body = schema === undefined ? undefined : minimal(schema, '', making);
  if (site.in === 'body') return { query: others, headers: {}, body: placed(body, schema ?? {}, { steps: site.steps, value, making }) };
  const given = { [name]: String(value), ...(making.beside[name] as Record<string, string> | undefined) };
  return site.in === 'query' ? { query: { ...others, ...given }, headers: {}, body } : { query: others, headers: given, body };
}

type Place = Pick<Site, 'operation' | 'in' | 'steps' | 'schema'>;

function placesOf(document: Document): readonly Place[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { parameters = [], requestBody }]) => {
      const operation = `${method.toUpperCase()} ${path}`;
      const body = requestBody?.content['application/json']?.schema;
      return [
        ...parameters.flatMap((one) =>
          one.in === 'query' || one.in === 'header'
            ? walk(one.schema, { operation, in: one.in as Site['in'], steps: [one.name], document })
            : [],
        ),
        ...(body === undefined ? [] : walk(body, { operation, in: 'body', steps: [], document })),
      ];
    }),
  );
}

function walk(given: JsonSchema, at: Omit<Place, 'schema'> & { readonly document: Document }): readonly Place[] {
  const schema = resolved(given, at.document);
  const { document: _, ...place } = at;
  const into = (inner: unknown, step: Step): readonly Place[] => walk(inner as JsonSchema, { ...at, steps: [...at.steps, step] });
  return [
    { ...place, schema },
    ...branchesOf(schema).flatMap((branch, index) => into(branch, { branch: index })),
    ...Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>).flatMap(([name, inner]) => into(inner, name)),
    ...(schema['items'] === undefined ? [] : into(schema['items'], { item: 0 })),
  ];
}

function resolved(schema: JsonSchema, { components }: Document): JsonSchema {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? (components.schemas[ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}

function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  return ((schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly JsonSchema[]).slice();
}

function sized({ steps, word, schema }: Site, size: number, making: Making): unknown {
  if (word === 'minimum' || word === 'maximum') return size;
  const name = steps.findLast((step) => typeof step === 'string') ?? '';
  if (word === 'minLength' || word === 'maxLength') return (making.spelling[name] ?? ((length) => 'a'.repeat(length)))(size);
  return Array.from({ length: size }, (_, index) => distinct(minimal(schema['items'] as JsonSchema, name, making), index, name));
}

/** Items of a list that may have each only once. */
function distinct(item: unknown, index: number, name: string): unknown {
  if (name === 'requests') return item;
  if (name === 'ipRules') return `10.0.${index >> 8}.${index & 255}`;
  if (['scopes', 'anyScope', 'grants'].includes(name)) return `a:s${index}`;
  if (name === 'environments') return 'live';
  if (name === 'tiers') return `n${index}`;
  return typeof item === 'object' ? { ...item, name: `n${index}` } : `key_${index}`;
}

/** The least that fits a schema: what is documented as an example, or what is required. */
function minimal(given: JsonSchema, name: string, making: Making): unknown {
  const schema = resolved(given, making.document);
  if (name in making.known) return making.known[name];
  if ('example' in schema) return schema['example'];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[])[0];
  const [branch] = branchesOf(schema);
  if (branch !== undefined) return minimal(branch, name, making);
  const type = [schema['type']].flat()[0];
  if (type === 'object') return required(schema, making);
  if (type === 'array') return [];
  return type === 'integer' ? (schema['minimum'] ?? 1) : 'a'.repeat(Number(schema['minLength'] ?? 1));
}

function required(schema: JsonSchema, making: Making): unknown {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const names = (schema['required'] ?? []) as readonly string[];
  return Object.fromEntries(names.map((name) => [name, minimal(properties[name] ?? {}, name, making)]));
}

interface Placing {
  readonly steps: readonly Step[];
  readonly value: unknown;
  readonly making: Making;
}

function placed(base: unknown, given: JsonSchema, { steps, value, making }: Placing): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const schema = resolved(given, making.document);
  const further = (inner: unknown, at: JsonSchema): unknown => placed(inner, at, { steps: rest, value, making });
  if (typeof step !== 'string') {
    if ('item' in step) return [further(minimal(schema['items'] as JsonSchema, '', making), schema['items'] as JsonSchema)];
    const branch = branchesOf(schema)[step.branch] ?? {};
    return further(rest.length === 0 ? undefined : required(resolved(branch, making.document), making), branch);
  }
  const inner = (schema['properties'] as Readonly<Record<string, JsonSchema>>)[step] ?? {};
  const holder = { ...(base as Readonly<Record<string, unknown>> | null), ...making.beside[step] };
  const within = holder[step] ?? minimal(inner, '', making);
  return { ...holder, [step]: further(within, inner) };
}
