import type { z } from '@hono/zod-openapi';
import { InvalidInputError, type InputIssue } from 'latchkey';

/** The input, judged by its schema. Throws an InvalidInputError that names every problem and repeats no value. */
export function readInput<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.flatMap(toIssues));
}

type ZodIssue = z.core.$ZodIssue;

function toIssues(issue: ZodIssue): readonly InputIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({ pointer: pointerOf([...issue.path, name]), message: 'There is no such field.' }));
  }
  return [{ pointer: pointerOf(issue.path), message: messageOf(issue) }];
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
