/** Converts the text of a query to the input that the contract declares. */
import { unwrapped, type Part } from 'latchkey/internal';

/**
 * Returns the parameters as values of the kinds that the shape has: decimal digits as a number, `true` and `false`, and a list
 * of the parts between commas. Text that is none of these stays text, and the shape rejects it with its own message.
 */
export function queryInput(shape: object, query: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const entries = (shape as Part).entries ?? {};
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, Object.hasOwn(entries, name) ? valueOf(text, entries[name]) : text]),
  );
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
