import type { IncomingMessage } from 'node:http';
import { isJsonType, readWithin } from 'latchkey/edge';

/** The result of reading a body: JSON that nobody has judged yet, or why there is none. */
export type BodyReading =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'none' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'not_json_type' }
  | { readonly kind: 'malformed' };

/** A body that did not arrive whole: its client went away, or the connection broke. */
export class UnreadBody extends Error {
  constructor(cause: unknown) {
    super('The body did not arrive whole.', { cause });
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** Reads a body, null where it was too long; `types` is every Content-Type that was sent with it. */
export function readJson(bytes: Uint8Array | null, types: readonly string[]): BodyReading {
  if (bytes === null) return { kind: 'too_large' };
  if (bytes.length === 0) return { kind: 'none' };
  if (types.length !== 1 || !isJsonType(types[0] ?? '')) return { kind: 'not_json_type' };
  try {
    return { kind: 'json', value: JSON.parse(decode(bytes)) };
  } catch {
    // The parser's message quotes the text, which may hold a token.
    return { kind: 'malformed' };
  }
}

/**
 * Reads the body of a fetch request; null where it has more than `limit` bytes, whatever the request says of its length.
 * Rejects with an UnreadBody.
 */
export async function readRequestBytes(request: Request, limit: number): Promise<Uint8Array | null> {
  try {
    return await readRequest(request, limit);
  } catch (cause) {
    throw new UnreadBody(cause);
  }
}

async function readRequest(request: Request, limit: number): Promise<Uint8Array | null> {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > limit) return null;
  if (length !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > limit ? null : bytes;
  }
  return readWithin(request.body, limit);
}

/**
 * The body of node's own request, which says that it has `length` bytes; node holds the client to that. A short one has
 * come with the headers, in one piece, and is taken at once, without a stream's events. Rejects with an UnreadBody.
 */
export async function readIncomingBytes(incoming: IncomingMessage, length: number): Promise<Uint8Array> {
  // Node tells of the headers before it has looked at the rest of what arrived.
  await Promise.resolve();
  const arrived = incoming.read() as Buffer | null;
  if (arrived?.length === length) return arrived;
  const chunks = arrived === null ? [] : [arrived];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw new UnreadBody(cause);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  const text = (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('utf8');
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}
