/** How the bytes of an answer are packed (RFC 9110, section 8.4.1). */
export type Coding = 'br' | 'gzip' | 'identity';

/** The first of the codings on offer that a client takes (RFC 9110 section 12.5.3); as it is, where it says nothing. */
export function acceptedCoding(acceptEncoding: readonly string[], offered: readonly Coding[]): Coding {
  const weights = new Map(acceptEncoding.flatMap((value) => value.split(',')).map(readWeight));
  return offered.find((coding) => coding !== 'identity' && (weights.get(coding) ?? weights.get('*') ?? 0) > 0) ?? 'identity';
}

function readWeight(part: string): readonly [string, number] {
  const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return [coding, quality === undefined ? 1 : Number(quality.slice('q='.length))];
}
