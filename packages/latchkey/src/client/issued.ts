/** A key with its token in clear text. */
export interface Issued<View> {
  readonly key: View;
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: string | null;
  /** Whether this is the answer to a request that was made before, with the same idempotency key. */
  readonly replayed: boolean;
}
