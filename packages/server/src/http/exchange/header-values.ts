import type { RequestView } from 'latchkey/edge';

/** A request's headers, by lower-case name, as often as they were sent. */
export type HeaderValues = RequestView['headerValues'];

const NONE: readonly string[] = Object.freeze([]);

/** From headers as they came over the wire: node joins some that are repeated, and keeps of others but the first. */
export function rawHeaderValues(rawHeaders: readonly string[]): HeaderValues {
  return (name) => {
    let values: string[] | null = null;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const raw = rawHeaders[i];
      if (raw?.length === name.length && raw.toLowerCase() === name) (values ??= []).push(rawHeaders[i + 1] ?? '');
    }
    return values ?? NONE;
  };
}

/** From a fetch request, which has joined what was repeated. */
export function fetchedHeaderValues({ headers }: Request): HeaderValues {
  return (name) => {
    const value = headers.get(name);
    return value === null ? NONE : [value];
  };
}
