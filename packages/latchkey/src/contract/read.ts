/** Parses the input of a call by its shape. Rejects unknown fields by name and lists every problem at once. */
import * as v from 'valibot';
import { InvalidInputError, type InputIssue } from '../domain/errors.js';
import { isTellable, unknownName } from '../domain/nearest-name.js';
import { type Part, unwrapped } from './shape.js';

/** Adds a problem; `pointer` is RFC 6901. */
export type Refuse = (pointer: string, message: string) => void;

/** Validates what depends on more than the shape: settings, the stored record, the time, and fields that must fit one another. */
export type Rules<Fields> = (fields: Partial<Fields>, refuse: Refuse, isWrong: (field: string) => boolean) => void;

/**
 * Parses `given` by the shape. Throws an InvalidInputError that lists every problem and repeats no value.
 *
 * `rules` receives every field that could be parsed, so that one error lists its problems and those of the shape.
 */
export function readInput<S extends v.GenericSchema>(shape: S, given: unknown, rules?: Rules<v.InferOutput<S>>): v.InferOutput<S> {
  const { fields, issues } = parseInput(shape, given, rules);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return fields as v.InferOutput<S>;
}

/** Validates `given` without using the result. Throws an InvalidInputError. */
export function checkInput(shape: object, given: unknown): void {
  readInput(shape as v.GenericSchema, given);
}

/** Applies rules to fields that were parsed before. Throws an InvalidInputError that lists every problem. */
export function judge<Fields>(fields: Fields, rules: Rules<Fields>): void {
  const issues: InputIssue[] = [];
  rules(
    fields,
    (pointer, message) => issues.push({ pointer, message }),
    () => false,
  );
  if (issues.length > 0) throw new InvalidInputError(issues);
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
  // In the place of an object, a list gets one problem, not one for each field that it lacks.
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

/** Returns a problem for each unknown field, even one without a value, and for each list in the place of an object. */
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
    const pointer = isTellable(name) ? `${at}/${escaped(name)}` : at;
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === undefined) return [{ pointer, message: unknownName('field', name, Object.keys(entries)) }];
    return misfits(entry, given[name], pointer);
  });
}

function issueOf(issue: v.BaseIssue<unknown>, shape: Part): readonly InputIssue[] {
  // `misfits` reports it, with the nearest name.
  if (issue.type === 'strict_object' && issue.expected === 'never') return [];
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const pointer = keys.map((key) => `/${escaped(key)}`).join('');
  if (issue.kind !== 'schema') return [{ pointer, message: issue.message }];
  const part = partAt(shape, keys);
  if (issue.received === 'undefined' && keys.length > 0) return [{ pointer, message: `Required. ${wanted(part, issue)}` }];
  return [{ pointer, message: wanted(part, issue) }];
}

/** Returns what to use instead. valibot's own message would repeat the value. */
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
      // Unions and our own checks have a message of their own.
      return issue.message;
  }
}

function partAt(shape: Part | undefined, keys: readonly string[]): Part | undefined {
  let part = shape;
  for (const key of keys) {
    const { entries, item } = unwrapped(part ?? {});
    part = entries === undefined ? item : entries[key];
  }
  return part === undefined ? undefined : unwrapped(part);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
