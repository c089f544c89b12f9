/**
 * Builds the shapes of the contract: schemas of valibot, each with its documentation.
 *
 * contract/ owns the single declaration of every call, error and setting. `addresses.ts` gives each call its place on the wire,
 * and is the only part of the calls that the client loads. A file for each resource declares the input and the output of its
 * calls. `read.ts` parses input by them.
 */
import * as v from 'valibot';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { Parsed } from '../domain/parsed.js';

/** The documentation of a shape, or of a field that has it. */
export interface About {
  /** The name of its TypeScript interface and of its schema in the OpenAPI document. */
  readonly name?: string;
  /** Markdown: meaning, unit, bounds and default. */
  readonly description?: string;
  readonly example?: JsonValue;
  /** Keywords that its JSON Schema adds to those that follow from the shape; `type` replaces that of the shape. */
  readonly json?: JsonObject;
  /** Replaces the TypeScript type that follows from the shape. `N` denotes the configured names. */
  readonly type?: string;
  /** The module below `src/` that exports `type`. */
  readonly from?: string;
  /** The fields of which exactly one is given. */
  readonly oneOf?: readonly string[];
  /** Restricts a field to JSON, or to the answers of the library and of its client. */
  readonly only?: 'json' | 'library';
  /** The option by which the command line takes a field. */
  readonly option?: CommandOption;
  /** The field by which a form of the dashboard takes it. */
  readonly form?: FormField;
}

export interface FormField {
  /** By default the field's own name in words: `maxKeys` is "Max keys". */
  readonly label?: string;
  /** Plain text beside the label. */
  readonly help?: string;
}

export interface CommandOption {
  /** By default the field's own name in kebab case. */
  readonly name?: string;
  /** The placeholder for the value in help, such as `id`. */
  readonly value?: string;
  readonly help: string;
}

/** A shape as the schema library represents it: for code that walks shapes without parsing. */
export interface Part {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly unknown[];
  readonly message?: unknown;
}

/** Returns the shape inside `optional`, `nullish` and `nullable`. */
export function unwrapped(part: Part): Part {
  return part.wrapped === undefined ? part : unwrapped(part.wrapped);
}

/** Returns true if callers may leave the field out. */
export function mayLack({ type = '' }: Part): boolean {
  return ['optional', 'nullish', 'exact_optional'].includes(type);
}

/** Returns the shape with more documentation, which replaces that of the same name. */
export function described<S extends v.GenericSchema>(shape: S, about: About) {
  return v.pipe(shape, v.metadata({ ...about }));
}

/** Returns the documentation of a shape. */
export function aboutOf(shape: object): About {
  const { pipe, wrapped } = shape as { readonly pipe?: readonly object[]; readonly wrapped?: object };
  const inner = wrapped === undefined ? {} : aboutOf(wrapped);
  const parts = (pipe ?? []).map((part) => {
    const { kind, type, metadata } = part as { readonly kind?: string; readonly type?: string; readonly metadata?: About };
    if (kind === 'schema' && part !== shape) return aboutOf(part);
    return type === 'metadata' ? metadata : undefined;
  });
  return Object.assign({}, inner, ...parts) as About;
}

/** The shape of an object with exactly these entries. */
export type Fields<Entries extends v.ObjectEntries> = v.SchemaWithPipe<
  readonly [
    v.StrictObjectSchema<Entries, undefined>,
    v.MetadataAction<v.InferOutput<v.StrictObjectSchema<Entries, undefined>>, Readonly<Record<string, unknown>>>,
  ]
>;

/** Returns the shape of an object with exactly these fields: `readInput` rejects any other by its name. */
export function fields<const Entries extends v.ObjectEntries>(about: About, entries: Entries): Fields<Entries> {
  return v.pipe(v.strictObject(entries), v.metadata({ ...about })) as unknown as Fields<Entries>;
}

/** Returns the shape of an object with these fields, of which exactly one of `names` is given. */
export function oneOf<const Entries extends v.ObjectEntries>(
  about: About,
  names: readonly (keyof Entries & string)[],
  entries: Entries,
): Fields<Entries> {
  return v.pipe(
    v.strictObject(entries),
    v.check(
      (given) => names.filter((name) => (given as Readonly<Record<string, unknown>>)[name] !== undefined).length === 1,
      `Give ${names.join(' or ')}, one of them.`,
    ),
    v.metadata({ ...about, oneOf: names }),
  ) as unknown as Fields<Entries>;
}

/** Returns the shape of a field that callers may leave out. */
export function optional<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.optional(described(shape, about));
}

/** Returns the shape of a field that callers may leave out or set to null. */
export function nullish<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.nullish(described(shape, about));
}

/** Returns the shape of a field that is always present and may be null. */
export function nullable<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.nullable(described(shape, about));
}

/** Returns the shape of a string that `parse` validates and normalises. */
export function text(about: About, parse: (given: string) => Parsed<string>) {
  return v.pipe(v.string(), parsing(parse), v.metadata({ ...about }));
}

/** Returns the shape of a list; its JSON Schema states the maximum length. */
export function list<S extends v.GenericSchema>(item: S, about: About = {}, maxItems?: number) {
  const bounded = v.pipe(v.array(item), v.maxLength(maxItems ?? Number.MAX_SAFE_INTEGER, `Use at most ${maxItems} items.`), v.readonly());
  return v.pipe(bounded, v.metadata({ ...(maxItems !== undefined && { json: { maxItems } }), ...about }));
}

/** Returns the shape of an integer from `min` to `max`. */
export function integer(min: number, max: number, about: About = {}) {
  const message = `Use an integer from ${min} to ${max}.`;
  const bounded = v.pipe(
    v.number(message),
    v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, message),
  );
  return v.pipe(bounded, v.metadata({ json: { type: 'integer', minimum: min, maximum: max }, ...about }));
}

/** Returns the shape of an enumeration. */
export function choice<const Words extends readonly string[]>(words: Words, about: About = {}) {
  return v.pipe(v.picklist(words), v.metadata({ ...about }));
}

/** Returns the step of a pipe that applies a parser of the domain. */
export function parsing<Given, Value>(parse: (given: Given) => Parsed<Value>) {
  return v.rawTransform<Given, Value>(({ dataset, addIssue, NEVER }) => {
    const result = parse(dataset.value);
    if (result.ok) return result.value;
    addIssue({ message: result.problem });
    return NEVER;
  });
}
