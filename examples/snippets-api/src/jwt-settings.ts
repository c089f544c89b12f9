/** What the API and whoever signs in its users agree on. */
export const JWT = { issuer: 'https://id.snippets.example/', audience: 'snippets-api', algorithm: 'HS256' } as const;

/** The key that JWTs are signed with. Ends the process where there is none. */
export function readJwtSecret(): string {
  const { JWT_SECRET = '' } = process.env;
  if (Buffer.byteLength(JWT_SECRET) >= 32) return JWT_SECRET;
  console.error('JWT_SECRET is not set, or has fewer than 32 bytes. Make one with: openssl rand -base64 32');
  process.exit(1);
}
