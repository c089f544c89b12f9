/** Slows whoever tries admin keys, by address: a bounded table of wrong attempts. */

/** Wrong attempts that an address may make at once, and how long it takes to earn another. */
const ATTEMPTS_AT_ONCE = 10;
const EARN_MS = 6_000;
/** Addresses remembered. When more come, the ones that tried longest ago are forgotten. */
const ADDRESSES_MAX = 10_000;

export interface AdminKeyAttempts {
  /** Counts a wrong attempt. Null while the address may be told so, else how long it has to wait. `now` is monotonic. */
  countWrong(address: string | undefined, now: number): number | null;
}

/** A bucket for each address (an IPv6 /64 counts as one), after the generic cell rate algorithm. */
export function createAdminKeyAttempts(): AdminKeyAttempts {
  const busyUntil = new Map<string, number>();
  return {
    countWrong(address, now) {
      const who = networkOf(address ?? '');
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

/** `address` is in canonical form. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  return [...groups, ...after].slice(0, 4).join(':');
}
