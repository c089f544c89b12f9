/** Converts the text of a query to the input that the contract declares. */
import { InvalidInputError } from 'latchkey';
import { aboutOf, unwrapped, type Part } from 'latchkey/internal';

/**
 * Returns the parameters as values of the kinds that the shape has: decimal digits as a number, `true` and `false`, a list of the
 * parts between commas, and an object of the parameters that name its fields (`metadata.team`, `metadata[team]`). Text that is none of these stays text, and the shape rejects it with its own message.
 */
export function queryInput(shape: object, query: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const entries = (shape as Part).entries ?? {};
  const objects = new Map<string, Map<string, string>>();
  const input = Object.entries(query).flatMap(([parameter, text]): [string, unknown][] => {
    const field = fieldOf(parameter);
    if (field === null || !isObject(entries, field.of)) {
      return [[parameter, Object.hasOwn(entries, parameter) ? valueOf(text, entries[parameter]) : text]];
    }
    const fields = objects.get(field.of) ?? new Map<string, string>();
    if (fields.has(field.name)) throw new InvalidInputError([{ pointer: `/${field.of}`, message: 'Give each of its fields once.' }]);
    objects.set(field.of, fields.set(field.name, text));
    return [];
  });
  for (const [name, fields] of objects) {
    if (Object.hasOwn(query, name))
      throw new InvalidInputError([{ pointer: `/${name}`, message: `Give its fields, such as ${name}.team=payments.` }]);
    input.push([name, Object.fromEntries(fields)]);
  }
  return Object.fromEntries(input);
}

/** A field of an object: `metadata.team`, or as OpenAPI writes a deep object, `metadata[team]`. */
function fieldOf(parameter: string): { readonly of: string; readonly name: string } | null {
  const [, of, dotted, bracketed] = /^(\w+)(?:\.(.+)|\[(.+)\])$/su.exec(parameter) ?? [];
  const name = dotted ?? bracketed;
  return of === undefined || name === undefined ? null : { of, name };
}

function isObject(entries: Readonly<Record<string, Part>>, name: string): boolean {
  const part = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return part !== undefined && aboutOf(unwrapped(part)).json?.['type'] === 'object';
}

function valueOf(text: string, field: Part | undefined): unknown {
  const part = field === undefined ? undefined : unwrapped(field);
  const isNumber =
    part?.type === 'number' || (part?.type === 'union' && part.options?.some((option) => (option as Part).type === 'number'));
  if (isNumber === true) return /^\d{1,16}$/.test(text) ? Number(text) : text;
  if (part?.type === 'boolean') return text === 'true' || text === 'false' ? text === 'true' : text;
  if (part?.type !== 'array') return text;
  return text === '' ? [] : text.split(',');
}
