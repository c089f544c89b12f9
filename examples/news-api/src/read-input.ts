import type { z } from 'zod';
import { invalid, type FieldError } from './problems.js';

/** The input as the schema has it. Throws a Problem, 422, that names every field or parameter that is wrong. */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  throw invalid(
    read.error.issues.flatMap((issue): readonly FieldError[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((name) => ({ name, message: 'There is no such name here.' }))
        : [{ name: issue.path.join('.'), message: issue.message }],
    ),
  );
}
