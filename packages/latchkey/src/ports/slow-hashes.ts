/** Password hashes of imported secrets: slow by design, so never run on the event loop. */
export interface SlowHashes {
  /**
   * Whether `token` is what `encoded` was made of. Runs off the event loop; at most a few at once, and a
   * bounded number waiting. Rejects with an UnavailableError('hashing') beyond that bound, or where the
   * package that knows the scheme is not installed.
   */
  matches(scheme: 'bcrypt' | 'argon2id', encoded: string, token: string): Promise<boolean>;
}
