import type { z } from '@hono/zod-openapi';
import { InvalidInputError, type InputIssue } from 'latchkey';
import { unknownName } from 'latchkey/internal';

/** The input, judged by its schema. Throws an InvalidInputError that names every problem and repeats no value. */
export function readInput<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.flatMap((issue) => toIssues(issue, schema)));
}

type ZodIssue = z.core.$ZodIssue;

function toIssues(issue: ZodIssue, schema: z.ZodType): readonly InputIssue[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path);
    return issue.keys.map((name) => ({ pointer: pointerOf([...issue.path, name]), message: unknownName('field', name, known) }));
  }
  return [{ pointer: pointerOf(issue.path), message: messageOf(issue) }];
}

/** A schema as zod represents it. */
interface ZodPart {
  readonly shape?: Readonly<Record<string, ZodPart>>;
  readonly def?: { readonly element?: ZodPart; readonly innerType?: ZodPart; readonly in?: ZodPart };
}

/** Returns the names of the fields that an object at this path may have. */
function fieldsAt(schema: object, path: readonly PropertyKey[]): readonly string[] {
  let part: ZodPart | undefined = inner(schema);
  for (const key of path) part = inner(part?.shape?.[String(key)] ?? part?.def?.element);
  return Object.keys(part?.shape ?? {});
}

function inner(part: ZodPart | undefined): ZodPart | undefined {
  const wrapped = part?.def?.innerType ?? part?.def?.in;
  return wrapped === undefined ? part : inner(wrapped);
}

function messageOf(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Use ${articleOf(issue.expected)} here.`;
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return `${boundOf(issue.origin, 'at least', issue.minimum)}.`;
    case 'too_big':
      return `${boundOf(issue.origin, 'at most', issue.maximum)}.`;
    case 'invalid_union':
      return 'Use one of the types that are documented for this field.';
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

function articleOf(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function boundOf(origin: string, comparison: string, bound: number | bigint): string {
  const unit = origin === 'string' ? ' character' : origin === 'array' ? ' item' : '';
  const plural = unit === '' || Number(bound) === 1 ? '' : 's';
  return `Use ${comparison} ${bound}${unit}${plural}`;
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
