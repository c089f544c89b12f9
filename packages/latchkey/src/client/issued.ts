import type { Token } from '../domain/token.js';

/** A key with its token: the only time that the token is shown. */
export interface Issued<View> {
  readonly key: View;
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: Token | null;
  /** Whether this is the answer to a request that was made before, with the same idempotency key. */
  readonly replayed: boolean;
}
