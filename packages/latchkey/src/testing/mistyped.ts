/** `token` with another last character: of the right shape, and no key's, since its checksum is wrong. */
export function mistyped(token: string): string {
  return token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
}
