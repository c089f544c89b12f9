import type { Notify } from '../ports/notice.js';
import type { LimiterFailurePolicy } from '../contract/settings/settings.js';
import type { CircuitBreakerOptions } from './circuit-breaker.js';

/** For `outageNotices`: what becomes of calls under each policy. */
export const MEANWHILE: Readonly<Record<LimiterFailurePolicy, string>> = {
  deny: 'calls with limits are refused as unavailable',
  allow: 'calls pass without being counted',
  local: 'each node counts by itself, up to its share',
};

/** One notice when a circuit breaker opens, and one when it closes again. */
export function outageNotices({
  what,
  meanwhile,
  notify,
}: {
  what: string;
  meanwhile: string;
  notify: Notify;
}): CircuitBreakerOptions['onChange'] {
  return (state, cause) => {
    if (state === 'closed') {
      notify({ level: 'info', code: 'limiter_back', message: `${what} answers again: limits are counted there.` });
      return;
    }
    const reason = cause instanceof Error ? cause.message : 'unknown reason';
    notify({ level: 'warn', code: 'limiter_out', message: `${what} does not count limits (${reason}); until it does, ${meanwhile}.` });
  };
}
