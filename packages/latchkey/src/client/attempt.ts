/** When a request may be made again, and what is said where no answer came. */
import { isLatchkeyError, UnavailableError } from '../domain/errors.js';

export interface Attempts {
  readonly base: string;
  readonly timeoutMs: number;
  /** Fires when the time allowed is over, or the caller gives up. */
  readonly signal: AbortSignal;
  readonly timeout: AbortSignal;
  /** Whether making the request twice does no more than making it once. */
  readonly repeatable: boolean;
}

/**
 * One attempt, and a second one where that is safe and no answer came: for a request that changes nothing, or whose repetition
 * the service recognises, whatever went wrong (most often a kept connection was closed under it); for every other only where the
 * connection was refused, so that no byte of it was sent. Once, and at once: waiting is the caller's affair.
 */
export async function trySafely<Reply extends { readonly status: number }>(
  attempt: () => Promise<Reply>,
  attempts: Attempts,
): Promise<Reply> {
  const { repeatable, signal } = attempts;
  for (let left = 1; ; left--) {
    try {
      const reply = await attempt();
      if (left === 0 || !repeatable || !isGatewayFailure(reply.status)) return reply;
    } catch (error) {
      if (isLatchkeyError(error)) throw error;
      if (left === 0 || signal.aborted || !(repeatable || wasRefused(error))) throw unreachable(error, attempts);
    }
  }
}

export function isGatewayFailure(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/**
 * Whether nothing listened there, as Node says it; what other runtimes say of it is no more than that it failed. A connection
 * that was closed or reset does not count: the service may have done what was asked, and only its answer be lost.
 */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function unreachable(cause: unknown, { base, timeoutMs, timeout, signal }: Attempts): UnavailableError {
  const message = timeout.aborted
    ? `The service at ${base} did not answer within ${timeoutMs} ms.`
    : signal.aborted
      ? 'The call was given up before the service answered.'
      : `The service at ${base} cannot be reached. Is it running, and is this its address?`;
  return new UnavailableError('service', { cause, message });
}
