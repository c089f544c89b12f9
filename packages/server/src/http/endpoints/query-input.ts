/** From the text of a query to the input that the contract describes. */

interface Part {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly wrapped?: Part;
  readonly options?: readonly unknown[];
}

/**
 * Returns the parameters as values of the kinds that the shape has: decimal digits as a number, `true` and `false`, and a list
 * out of what stands between commas. What cannot be one stays text, which the shape then refuses in its own words.
 */
export function queryInput(shape: object, query: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const entries = (shape as Part).entries ?? {};
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, Object.hasOwn(entries, name) ? valueOf(text, entries[name]) : text]),
  );
}

function valueOf(text: string, part: Part | undefined): unknown {
  if (part?.wrapped !== undefined) return valueOf(text, part.wrapped);
  const isNumber =
    part?.type === 'number' || (part?.type === 'union' && part.options?.some((option) => (option as Part).type === 'number'));
  if (isNumber === true) return /^\d{1,16}$/.test(text) ? Number(text) : text;
  if (part?.type === 'boolean') return text === 'true' || text === 'false' ? text === 'true' : text;
  return part?.type === 'array' ? text.split(',') : text;
}
