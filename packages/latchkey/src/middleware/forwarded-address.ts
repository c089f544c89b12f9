/** The caller's address where a framework reads `X-Forwarded-For` for trusted proxies. */
import type { CallerAddress } from '../edge/index.js';
import type { GuardRequest } from './guard.js';

/**
 * Returns the address that the framework found, or null where a trusted proxy names nobody: an absent `X-Forwarded-For`, or
 * an empty place in it. The frameworks skip such a place, and would take the proxy for the caller, or what the caller wrote.
 */
export function forwardedAddress(
  address: string | undefined,
  { headerValues, isProxy }: { readonly headerValues: GuardRequest<unknown>['headerValues']; readonly isProxy: boolean },
): CallerAddress {
  if (!isProxy) return address;
  const hops = headerValues('x-forwarded-for').flatMap((line) => line.split(','));
  return hops.length === 0 || hops.some((hop) => hop.trim() === '') ? null : address;
}
