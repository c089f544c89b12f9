import { readWithin } from '../domain/utilities/read-within.js';
import { isJsonType, readQuery } from '../edge/index.js';
import { problemResponse } from './problem-response.js';

const BODY_BYTES_MAX = 16_384;

/**
 * Refuses what another site may have made a user's browser send, with the user's cookies: `Sec-Fetch-Site` says so where the browser
 * tells it (Fetch Metadata), and no form can send JSON, so that a change without that type is none that the host's page made.
 * Null where all is well.
 */
export function refuseForeign({ method, headers }: Request): Response | null {
  if (headers.get('sec-fetch-site') === 'cross-site') {
    return problemResponse('forbidden', { detail: 'This is not for pages of other sites. Call it from the site that it belongs to.' });
  }
  // A browser asks the host first whether another site may send a DELETE.
  if ((method !== 'POST' && method !== 'PATCH') || isJsonType(headers.get('content-type') ?? '')) return null;
  return problemResponse('unsupported_media_type', { detail: 'Send Content-Type: application/json, also where there is no body.' });
}

type BodyReading = { readonly value: object } | { readonly refused: Response };

/** The JSON object of a request; an empty body is an empty one. */
export async function readBody(request: Request): Promise<BodyReading> {
  const bytes = await readWithin(request.body, BODY_BYTES_MAX);
  if (bytes === null) {
    const detail = `A body may have at most ${BODY_BYTES_MAX} bytes.`;
    return { refused: problemResponse('body_too_large', { detail }) };
  }
  try {
    const text = new TextDecoder().decode(bytes);
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value };
  } catch {
    // The parser's message quotes the text, which may hold a token.
  }
  const detail = 'The body cannot be read as a JSON object.';
  return { refused: problemResponse('malformed_json', { detail }) };
}

/** The query as a call takes it: its `limit` is a number. Throws an InvalidInputError for a parameter given twice. */
export function readCallQuery(url: URL): Readonly<Record<string, string | number>> {
  const { limit, ...query } = readQuery(url.search.slice(1));
  if (limit === undefined) return query;
  return { ...query, limit: /^\d{1,4}$/.test(limit) ? Number(limit) : limit };
}
