/**
 * How the contract writes down what a call takes and gives: shapes of valibot, each with what is said about it.
 *
 * contract/ owns the single declaration of every call. `addresses.ts` says where each call is on the wire, and is all of it
 * that the client loads; a file for each resource says what its calls take and give; `read.ts` parses input by them.
 */
import * as v from 'valibot';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { Parsed } from '../domain/parsed.js';

/** What a shape, or a field that has it, says of itself. */
export interface About {
  /** The name of its TypeScript interface and of its schema in the OpenAPI document. */
  readonly name?: string;
  /** Markdown: what it means, its unit, its bounds and its default. */
  readonly description?: string;
  readonly example?: JsonValue;
  /** What its JSON Schema says that the shape does not show; `type` in it stands for the whole shape. */
  readonly json?: JsonObject;
  /** Its TypeScript type, where that is another than the shape shows. `N` stands for the configured names. */
  readonly type?: string;
  /** The module below `src/` that exports `type`. */
  readonly from?: string;
  /** Where alone a field is: in JSON, or in the answers of the library and of its client. */
  readonly only?: 'json' | 'library';
  /** How the command line takes a field: the name of its option, what stands for its value, and the words of its help. */
  readonly option?: CommandOption;
}

export interface CommandOption {
  /** By default the field's own name in kebab case. */
  readonly name?: string;
  /** What help shows in place of the value, such as `id`. */
  readonly value?: string;
  readonly help: string;
}

/** Returns the shape with more said about it. What is said last wins. */
export function described<S extends v.GenericSchema>(shape: S, about: About) {
  return v.pipe(shape, v.metadata({ ...about }));
}

/** Returns all that is said about a shape. */
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

/** An object with exactly these fields: `read` refuses any other by its name. */
export function fields<const Entries extends v.ObjectEntries>(about: About, entries: Entries): Fields<Entries> {
  return v.pipe(v.strictObject(entries), v.metadata({ ...about })) as unknown as Fields<Entries>;
}

/** A field that may be left out. */
export function optional<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.optional(described(shape, about));
}

/** A field that may be left out, or null. */
export function nullish<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.nullish(described(shape, about));
}

/** A field that is always there, and may be null. */
export function nullable<S extends v.GenericSchema>(shape: S, about: About = {}) {
  return v.nullable(described(shape, about));
}

/** Text that `parse` judges and brings into its normal form. */
export function text(about: About, parse: (given: string) => Parsed<string>) {
  return v.pipe(v.string(), parsing(parse), v.metadata({ ...about }));
}

/** A list; the bounds of its length are in its JSON Schema, too. */
export function list<S extends v.GenericSchema>(item: S, about: About = {}, maxItems?: number) {
  const bounded = v.pipe(v.array(item), v.maxLength(maxItems ?? Number.MAX_SAFE_INTEGER, `Use at most ${maxItems} items.`), v.readonly());
  return v.pipe(bounded, v.metadata({ ...(maxItems !== undefined && { json: { maxItems } }), ...about }));
}

export function integer(min: number, max: number, about: About = {}) {
  const message = `Use an integer from ${min} to ${max}.`;
  const bounded = v.pipe(
    v.number(),
    v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, message),
  );
  return v.pipe(bounded, v.metadata({ json: { type: 'integer', minimum: min, maximum: max }, ...about }));
}

/** One of some words. */
export function choice<const Words extends readonly string[]>(words: Words, about: About = {}) {
  return v.pipe(v.picklist(words), v.metadata({ ...about }));
}

/** The rest of a pipe: what a rule of the domain makes of the value, or what it says is wrong. */
export function parsing<Given, Value>(parse: (given: Given) => Parsed<Value>) {
  return v.rawTransform<Given, Value>(({ dataset, addIssue, NEVER }) => {
    const result = parse(dataset.value);
    if (result.ok) return result.value;
    addIssue({ message: result.problem });
    return NEVER;
  });
}
