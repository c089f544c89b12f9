/** Slows callers that try admin keys, by address: a bounded table of wrong attempts. All callers without a known address count as one. */
import { addressGroup, type CallerAddress } from 'latchkey/edge';

/** Wrong attempts that an address may make at once, and how long it takes to earn another. */
const ATTEMPTS_AT_ONCE = 10;
const EARN_MS = 6_000;
/** Addresses remembered. When more come, the ones that tried longest ago are forgotten. */
const ADDRESSES_MAX = 10_000;

export interface AdminKeyAttempts {
  /** Counts a wrong attempt. Null while the address may be told so, else how long it has to wait. `now` is monotonic. */
  countWrong(address: CallerAddress, now: number): number | null;
}

/** A bucket for each address (an IPv6 /64 counts as one), after the generic cell rate algorithm. */
export function createAdminKeyAttempts(): AdminKeyAttempts {
  const busyUntil = new Map<string, number>();
  return {
    countWrong(address, now) {
      const who = addressGroup(address ?? '') ?? '';
      const next = Math.max(busyUntil.get(who) ?? now, now) + EARN_MS;
      const overMs = next - now - ATTEMPTS_AT_ONCE * EARN_MS;
      busyUntil.delete(who);
      busyUntil.set(who, overMs > 0 ? next - EARN_MS : next);
      const oldest = busyUntil.keys().next().value;
      if (busyUntil.size > ADDRESSES_MAX && oldest !== undefined) busyUntil.delete(oldest);
      return overMs > 0 ? overMs : null;
    },
  };
}
