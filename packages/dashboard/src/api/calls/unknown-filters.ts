/** The part of an address that a list does not know, as in the query of a URL: `status=activ&tag=old`. */
export interface UnknownFilters {
  readonly unknown?: string;
}

/** Adds to what a list read from its address the parameters and the values that it does not know, so that the page can name them. */
export function withUnknown<Found extends object>(found: Found, search: Record<string, unknown>): Found & UnknownFilters {
  const { unknown, ...given } = search;
  const known = new Map<string, unknown>(Object.entries(found));
  const rest = new URLSearchParams(typeof unknown === 'string' ? unknown : '');
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'string' && value !== '' && known.get(name) !== value) rest.set(name, value);
  }
  return rest.size === 0 ? found : { ...found, unknown: rest.toString() };
}
