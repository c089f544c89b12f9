/** Parses the input of a call by its shape: a field that does not exist is refused by name, and every problem is told at once. */
import * as v from 'valibot';
import { InvalidInputError, type InputIssue } from '../domain/errors.js';
import { unknownName } from '../domain/nearest-name.js';

/** Adds a problem; `pointer` is RFC 6901. */
export type Refuse = (pointer: string, message: string) => void;

/** Judges what depends on more than the shape: settings, the record as it is, the time, and fields that have to fit one another. */
export type Rules<Fields> = (fields: Partial<Fields>, refuse: Refuse, isWrong: (field: string) => boolean) => void;

/**
 * Returns what the shape makes of `given`. Throws an InvalidInputError that lists every problem and repeats no value.
 *
 * `rules` is given every field that could be parsed, so that its problems are told together with those of the shape.
 */
export function readInput<S extends v.GenericSchema>(shape: S, given: unknown, rules?: Rules<v.InferOutput<S>>): v.InferOutput<S> {
  const { fields, issues } = parseInput(shape, given, rules);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return fields as v.InferOutput<S>;
}

/** Throws an InvalidInputError for what the shape does not take. */
export function checkInput(shape: object, given: unknown): void {
  readInput(shape as v.GenericSchema, given);
}

/** Returns every field that could be parsed, and every problem. */
export function parseInput<S extends v.GenericSchema>(
  shape: S,
  given: unknown,
  rules?: Rules<v.InferOutput<S>>,
): { readonly fields: Partial<v.InferOutput<S>>; readonly issues: readonly InputIssue[] } {
  const result = v.safeParse(shape, given);
  const misfit = misfits(shape, given, '');
  const lists = misfit.filter(({ message }) => message === AN_OBJECT);
  const told = (result.issues ?? []).flatMap((issue) => issueOf(issue, shape));
  // A list has none of the fields: that it is one says it all.
  const issues = [...told.filter(({ pointer }) => !lists.some((list) => pointer.startsWith(list.pointer))), ...misfit];
  const wrong = new Set(issues.map(({ pointer }) => pointer.split('/')[1] ?? ''));
  const fields = (result.success ? result.output : without(result.output, wrong)) as Partial<v.InferOutput<S>>;
  rules?.(
    fields,
    (pointer, message) => issues.push({ pointer, message }),
    (field) => wrong.has(field),
  );
  return { fields, issues };
}

function without(output: unknown, wrong: ReadonlySet<string>): object {
  return isObject(output) ? Object.fromEntries(Object.entries(output).filter(([name]) => !wrong.has(name))) : {};
}

const AN_OBJECT = 'Use an object.';

/** A part of a shape, as valibot keeps it. */
interface Part {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
  readonly options?: readonly unknown[];
  readonly message?: unknown;
}

/** The fields that the shape does not have, and lists where it has fields. One that is there without a value counts: it was meant to say something. */
function misfits(shape: Part, given: unknown, at: string): readonly InputIssue[] {
  const { entries, item, wrapped } = shape;
  if (wrapped !== undefined) return given == null ? [] : misfits(wrapped, given, at);
  if (item !== undefined) return Array.isArray(given) ? given.flatMap((each, index) => misfits(item, each, `${at}/${index}`)) : [];
  // To valibot, a list is an object.
  if (entries !== undefined && Array.isArray(given)) return [{ pointer: at, message: AN_OBJECT }];
  if (entries === undefined || !isObject(given)) return [];
  const names: string[] = [];
  for (const name in given) names.push(name);
  return names.flatMap((name) => {
    const pointer = `${at}/${escaped(name)}`;
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === undefined) return [{ pointer, message: unknownName('field', name, Object.keys(entries)) }];
    return misfits(entry, given[name], pointer);
  });
}

function issueOf(issue: v.BaseIssue<unknown>, shape: Part): readonly InputIssue[] {
  // Told by `misfits`, with the nearest name.
  if (issue.type === 'strict_object' && issue.expected === 'never') return [];
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const pointer = keys.map((key) => `/${escaped(key)}`).join('');
  if (issue.kind !== 'schema') return [{ pointer, message: issue.message }];
  const part = partAt(shape, keys);
  if (issue.received === 'undefined' && keys.length > 0) return [{ pointer, message: `Required. ${wanted(part, issue)}` }];
  return [{ pointer, message: wanted(part, issue) }];
}

/** What would be right, never what was given: valibot's own message repeats it. */
function wanted(part: Part | undefined, issue: v.BaseIssue<unknown>): string {
  if (typeof part?.message === 'string') return part.message;
  switch (part?.type ?? '') {
    case 'string':
      return 'Use a string.';
    case 'number':
      return 'Use a number.';
    case 'boolean':
      return 'Use true or false.';
    case 'array':
      return 'Use a list.';
    case 'strict_object':
      return AN_OBJECT;
    case 'picklist':
      return `Use one of: ${(part?.options ?? []).map(String).join(', ')}.`;
    default:
      // A union or a check of ours, which says by itself what it wants.
      return issue.message;
  }
}

function partAt(shape: Part | undefined, keys: readonly string[]): Part | undefined {
  let part = unwrapped(shape);
  for (const key of keys) part = unwrapped(part?.entries === undefined ? part?.item : part.entries[key]);
  return part;
}

function unwrapped(part: Part | undefined): Part | undefined {
  return part?.wrapped === undefined ? part : unwrapped(part.wrapped);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
