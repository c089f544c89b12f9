/** The result of reading a body: JSON that nobody has judged yet, or why there is none. */
export type BodyReading =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'none' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'not_json_type' }
  | { readonly kind: 'malformed' };

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Reads no more than `limit` bytes, whatever the request says of its length. */
export async function readJsonBody(request: Request, limit: number): Promise<BodyReading> {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > limit) return { kind: 'too_large' };
  const text = length === null ? await readBounded(request, limit) : await request.text();
  if (text === null || Buffer.byteLength(text) > limit) return { kind: 'too_large' };
  if (text === '') return { kind: 'none' };
  if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) return { kind: 'not_json_type' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    // The parser's message quotes the text, which may hold a token.
    return { kind: 'malformed' };
  }
}

/** Null where there is more. A body of unknown length is given up as soon as it is too long. */
async function readBounded(request: Request, limit: number): Promise<string | null> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}
