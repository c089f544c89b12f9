/** Randomness, injected: the operating system's in production, a seeded one in tests. */
export interface Entropy {
  /** `length` bytes from a cryptographically secure source. */
  bytes(length: number): Uint8Array;
}
