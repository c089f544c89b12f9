/** The algorithms of JWS (RFC 7518, RFC 8037, RFC 9864) that are taken, and which of them fit a key. `none` is not among them. */

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const EDWARDS = ['EdDSA', 'Ed25519'] as const;

export const ASYMMETRIC_ALGORITHMS: readonly string[] = [...RSA, 'ES256', 'ES384', 'ES512', ...EDWARDS];

/** With the fewest bytes that their secret may have. */
export const SECRET_ALGORITHMS = [
  { name: 'HS256', bytes: 32 },
  { name: 'HS384', bytes: 48 },
  { name: 'HS512', bytes: 64 },
] as const;

/** The object identifiers with which a SubjectPublicKeyInfo (RFC 5280) begins, in hexadecimal DER. */
const KINDS: readonly (readonly [identifier: string, algorithms: readonly string[]])[] = [
  ['06092a864886f70d010101', RSA],
  ['06072a8648ce3d020106082a8648ce3d030107', ['ES256']],
  ['06072a8648ce3d020106052b81040022', ['ES384']],
  ['06072a8648ce3d020106052b81040023', ['ES512']],
  ['06032b6570', EDWARDS],
];

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** What a public key can check, told by its own first bytes; null for anything else, a certificate or a private key included. */
export function algorithmsOfPublicKey(pem: string): readonly string[] | null {
  const base64 = PEM.exec(pem)?.[1];
  if (base64 === undefined) return null;
  const start = hexOf(base64.replaceAll(/\s/g, '').slice(0, 64));
  // Within: a sequence, its length (1 to 3 bytes), a sequence, its length.
  return KINDS.find(([identifier]) => start.slice(0, 16 + identifier.length).includes(identifier))?.[1] ?? null;
}

function hexOf(base64: string): string {
  try {
    return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}
