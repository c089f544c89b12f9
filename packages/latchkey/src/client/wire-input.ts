/**
 * The input of a call as it travels. The service judges it; refused here is what JSON or a query would carry otherwise than it was
 * given, so that no condition is lost on the way: JSON writes an invalid date, `NaN` and `Infinity` as null, and a `Map` as `{}`.
 */
import { InvalidInputError } from '../domain/errors.js';
import { containsToken } from '../domain/token.js';

/** Returns the JSON of a body. Throws an InvalidInputError for a value that JSON cannot carry. */
export function jsonText(body: object): string {
  refuseLossy(body, '');
  return JSON.stringify(body);
}

function refuseLossy(value: unknown, pointer: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(pointer, 'Use a finite number.');
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    throw refusal(pointer, 'Use a value that JSON has.');
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refusal(pointer, 'Use a valid date.');
    return;
  }
  if (Array.isArray(value)) return value.forEach((item, index) => refuseLossy(item, `${pointer}/${index}`));
  if (!isPlain(value)) throw refusal(pointer, 'Use a plain object.');
  for (const [name, member] of Object.entries(value)) refuseLossy(member, `${pointer}/${containsToken(name) ? '…' : name}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has a prototype of its own, which has none above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Returns the query with its question mark. Throws an InvalidInputError for a value that a query cannot carry, and for a token. */
export function queryText(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const [parameter, text] of parametersOf(name, value)) {
      if (containsToken(text)) throw refusal(`/${name}`, 'Leave the token out: URLs end up in logs.');
      if (containsToken(parameter)) throw refusal('', 'Leave the token out: URLs end up in logs.');
      parameters.append(parameter, text);
    }
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** A list is its items between commas, an object a parameter for each field: `metadata.team`. The cursor of a last page is null. */
function parametersOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined || (value === null && name === 'cursor')) return [];
  if (Array.isArray(value)) return [[name, itemsOf(name, value).join(',')]];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [[name, textOf(value, `/${name}`)]];
  const fields = Object.entries(value as Readonly<Record<string, unknown>>);
  if (!isPlain(value) || fields.length === 0) throw refusal(`/${name}`, 'Use a plain object with at least one field, or leave it out.');
  return fields.map(([field, each]) => [`${name}.${field}`, textOf(each, `/${name}/${field}`)]);
}

/** An item with a comma would be two, and the service could not tell. */
function itemsOf(name: string, items: readonly unknown[]): readonly string[] {
  return items.map((item, index) => {
    const text = textOf(item, `/${name}/${index}`);
    if (text.includes(',')) throw refusal(`/${name}/${index}`, 'Leave commas out.');
    return text;
  });
}

function textOf(value: unknown, pointer: string): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  throw refusal(pointer, value instanceof Date ? 'Use a valid date.' : 'Use a string, a finite number or a boolean, or leave it out.');
}

function refusal(pointer: string, message: string): InvalidInputError {
  return new InvalidInputError([{ pointer, message }]);
}
