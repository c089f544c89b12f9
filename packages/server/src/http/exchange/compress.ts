/** Compression of answers that are made for one request. Files are packed once instead (pages/page-files.ts). */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { acceptedCoding, type Coding } from './accepted-coding.js';
import type { Answer, HeaderFields } from './answer.js';

const FROM_BYTES = 1_024;
const CODINGS: readonly Coding[] = ['br', 'gzip', 'identity'];

/**
 * Compresses a longer text for a client that accepts it, off the event loop. Never an answer that carries a secret: its length would
 * tell of the secret where a caller can choose a part of the text (BREACH, CVE-2013-3587).
 */
export async function compress(answer: Answer, acceptEncoding: readonly string[]): Promise<Answer> {
  const { body, headers } = answer;
  if (typeof body !== 'string' || !variesByCoding(answer)) return answer;
  const varied = { ...answer, headers: [...headers, VARY] };
  const coding = acceptedCoding(acceptEncoding, CODINGS);
  if (coding === 'identity') return varied;
  const bytes = await (coding === 'br' ? packBrotli(body) : packGzip(body));
  return { ...varied, headers: [...varied.headers, { 'content-encoding': coding }], body: bytes };
}

export const VARY: HeaderFields = { vary: 'accept-encoding' };

/** Returns whether the answer is compressed for a client that accepts it. */
export function variesByCoding({ body, carriesSecret }: Answer): boolean {
  return typeof body === 'string' && carriesSecret !== true && Buffer.byteLength(body) >= FROM_BYTES;
}

const packGzip = async (text: string): Promise<Uint8Array> => promisify(gzip)(text);

/** Quality 4 takes about as long as gzip, and makes less of it. */
const packBrotli = async (text: string): Promise<Uint8Array> =>
  promisify(brotliCompress)(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
  });
