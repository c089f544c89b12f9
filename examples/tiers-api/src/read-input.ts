import type { HonoRequest } from 'hono';
import type { z } from 'zod';
import { invalid, Problem, type FieldError } from './problems.js';

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

/** The JSON of a request; none is an empty object. */
export async function readBody<Schema extends z.ZodType>(schema: Schema, request: HonoRequest): Promise<z.output<Schema>> {
  const text = await request.text();
  if (text === '') return readInput(schema, {});
  // No form can send this type: so no other site makes a browser, which remembers how to sign in, send a body here.
  if (!/^application\/json(?:;|$)/i.test(request.header('Content-Type') ?? '')) {
    throw new Problem(415, 'Send Content-Type: application/json');
  }
  return readInput(schema, parse(text));
}

/** What the parser says would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'The body is not JSON');
  }
}
