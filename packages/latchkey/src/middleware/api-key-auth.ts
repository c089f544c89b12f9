import { ForbiddenError } from '../domain/errors.js';
import type { ValidVerdict, VerifiedKey } from '../domain/verdict.js';

/** What a guarded request carries, in every framework. */
export interface ApiKeyAuth {
  /** Null where the request passed unverified: a preflight, or under `onUnavailable: 'allow'`. */
  readonly verdict: ValidVerdict | null;
  /** The verdict's key. Throws a ForbiddenError where there is no verdict, so that nothing is done in nobody's name. */
  readonly key: VerifiedKey;
  /** Whether a failure policy, the engine's or the middleware's, let the request pass. */
  readonly degraded: boolean;
}

export function apiKeyAuth({ verdict, degraded }: Pick<ApiKeyAuth, 'verdict' | 'degraded'>): ApiKeyAuth {
  return verdict === null ? unverified(degraded) : { verdict, key: verdict.key, degraded };
}

/** `key` is not enumerable, so that logging or copying what is there does not throw. */
function unverified(degraded: boolean): ApiKeyAuth {
  const auth = { verdict: null, degraded } as const;
  return Object.defineProperty(auth, 'key', { get: refuseKey }) as typeof auth & { readonly key: never };
}

function refuseKey(): never {
  throw new ForbiddenError('This request passed without an API key being verified: look at verdict before key.');
}
