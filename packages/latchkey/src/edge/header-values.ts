/** The headers of a request: their values by lower-case name, as often as they were sent, and those that every entry point reads. */
import { InvalidInputError } from '../domain/errors.js';
import type { RequestView } from './read-credential.js';

export type HeaderValues = RequestView['headerValues'];

const NONE: readonly string[] = Object.freeze([]);

/** Matches the start of a second credential in `Authorization` headers that were joined into one. */
const JOINED_CREDENTIALS = /,\s*(?=(?:basic|bearer)(?:\s|$))/i;

/**
 * Reads headers as they came over the wire, names and values in turn, because Node's record of headers joins some that are
 * repeated and keeps only the first of others.
 */
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

/** Reads the headers of a fetch request, which has joined repeated ones by commas: joined credentials are taken apart again. */
export function fetchHeaderValues({ headers }: Pick<Request, 'headers'>): HeaderValues {
  return (name) => {
    const value = headers.get(name);
    if (value === null) return NONE;
    return name === 'authorization' ? value.split(JOINED_CREDENTIALS) : [value];
  };
}

/** Returns whether a Content-Type says JSON. JSON is UTF-8 (RFC 8259, section 8.1), so no other charset counts. */
export function isJsonType(type: string): boolean {
  return type === 'application/json' || JSON_TYPE.test(type);
}

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Reads `Idempotency-Key`: quoted as draft-ietf-httpapi-idempotency-key-header writes it, or bare as most clients send it.
 * Returns undefined where none was sent; the engine checks the key. Throws an InvalidInputError for several.
 */
export function readIdempotencyKey(headerValues: HeaderValues): string | undefined {
  const [value, ...more] = headerValues('idempotency-key');
  if (value === undefined) return undefined;
  if (more.length > 0) throw new InvalidInputError([{ pointer: '', message: 'Idempotency-Key: send one.' }]);
  return /^"(.*)"$/.exec(value.trim())?.[1] ?? value.trim();
}
