import { InvalidInputError } from '../domain/errors.js';
import { problemResponse } from './problem-response.js';

const BODY_BYTES_MAX = 16_384;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

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
  if ((method !== 'POST' && method !== 'PATCH') || JSON_TYPE.test(headers.get('content-type') ?? '')) return null;
  return problemResponse('unsupported_media_type', { detail: 'Send Content-Type: application/json, also where there is no body.' });
}

export type BodyReading = { readonly value: object } | { readonly refused: Response };

/** The JSON object of a request; an empty body is an empty one. */
export async function readBody(request: Request): Promise<BodyReading> {
  const text = await readText(request);
  if (text === null) {
    const detail = `A body may have at most ${BODY_BYTES_MAX} bytes.`;
    return { refused: problemResponse('body_too_large', { detail }) };
  }
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value };
  } catch {
    // The parser's message quotes the text, which may hold a token.
  }
  const detail = 'The body cannot be read as a JSON object.';
  return { refused: problemResponse('malformed_json', { detail }) };
}

/** A query as an object; a parameter given twice is refused, and so is a `limit` that is no number. */
export function readQuery(url: URL): Readonly<Record<string, string | number>> {
  const names = [...url.searchParams.keys()];
  if (new Set(names).size !== names.length) throw new InvalidInputError([{ pointer: '', message: 'Give each query parameter once.' }]);
  return Object.fromEntries(
    [...url.searchParams].map(([name, value]) => [name, name === 'limit' && /^\d{1,4}$/.test(value) ? Number(value) : value]),
  );
}

/** As in RFC 9110's list of registered fields, quoted or bare. Undefined where none was sent. */
export function readIdempotencyKey({ headers }: Request): string | undefined {
  const value = headers.get('idempotency-key')?.trim();
  return value === undefined ? undefined : (/^"(.*)"$/.exec(value)?.[1] ?? value);
}

async function readText(request: Request): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return text + decoder.decode();
    size += value.byteLength;
    if (size > BODY_BYTES_MAX) {
      await reader?.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
