import type { PublicRefusal, CredentialSources } from '../edge/index.js';
import type { LimitInput } from '../domain/limit.js';
import type { Names } from '../domain/names.js';
import type { ProblemBody } from './problem-details.js';

/** What a guard asks of a request. `Native` is the request as the framework knows it, `N` the names that its verifier knows. */
export interface GuardOptions<Native, N extends Names = Names> {
  /** Scopes that the key must hold, all of them. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Scopes of which the key must hold at least one, beside all of `scopes`; one at least. */
  readonly anyScope?: readonly N['scope'][] | undefined;
  /** The environment that the key must be of; by default the verifier's, or any. */
  readonly environment?: N['environment'] | undefined;
  /** Units and credits that a request costs: an integer ≥ 0, by default 1, or what tells it by the request (never by its body). */
  readonly cost?: number | ((request: Native) => number) | undefined;
  /**
   * Limits beyond those of tier, key and owner. They, `cost` and `resource` belong to the layer that verifies a request
   * first: a later layer charges nothing, and one that asks for another charge rejects with a ConfigurationError.
   */
  readonly limits?: readonly LimitInput[] | undefined;
  /** What is asked for, 1 to 128 characters: `limits` are counted apart for each. */
  readonly resource?: string | undefined;
  /**
   * The sources of the token; by default `Authorization: Bearer` and `X-API-Key`. With `authorization: false` only the headers, the
   * cookie or the query that are named here.
   */
  readonly credentials?: CredentialSources | undefined;
  /**
   * The caller's address, for the IP rules of keys and the slowing of guesses. By default what the framework says (`req.ip` of
   * Express, `request.ip` of Fastify: both look at their own settings for proxies), and none in Hono and fetch handlers:
   * there a key with IP rules is refused until this is given. A port, brackets and a zone are left out; callers of whom it gives
   * something else count as one, and a key with IP rules refuses them.
   */
  readonly address?: ((request: Native) => string | null | undefined) | undefined;
  /** The realm of `WWW-Authenticate`, printable ASCII without quotes; by default `api`. */
  readonly realm?: string | undefined;
  /**
   * What becomes of a CORS preflight, which can carry no credentials. `pass` hands it on unverified, to whatever answers it
   * (the default in Express, Fastify and Hono); `answer` ends it with 204 (the default where the guard owns the answer:
   * `createGuard` and fetch handlers); `check` treats it like any request.
   */
  readonly preflight?: 'pass' | 'answer' | 'check' | undefined;
  /**
   * What a request gets while keys cannot be verified: 503 (the default), or passage without a verdict, marked `degraded`.
   * A verifier that is used amiss (a wrong cost, a client without rights) is a 503 in either case.
   */
  readonly onUnavailable?: 'deny' | 'allow' | undefined;
  /** The body of a refusal in the host's own shape; status and headers stay. By default problem details (RFC 9457). */
  readonly problem?: ((refusal: PublicRefusal, request: Native) => ProblemBody) | undefined;
  /** Told of every error of the verifier: the caller is told nothing of it. */
  readonly onFailure?: ((error: unknown, request: Native) => void) | undefined;
  /** Epoch milliseconds, for the seconds in headers; by default the machine's clock. */
  readonly now?: (() => number) | undefined;
}
