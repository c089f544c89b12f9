/** For calls that are to be safe to repeat: 128 random bits. Works without a secure context, where `randomUUID` is not there. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
