/**
 * Who may have a slow hash computed: a few at once for each locator, so that whoever knows one cannot fill all places,
 * and of those only half for one address, so that it cannot keep out the key's own caller.
 */
import type { CallerAddress } from '../../domain/caller-address.js';
import { addressGroup } from '../../domain/ip-rules.js';

/** Hashes that run or wait for one locator, and how many of them for one address. */
const PER_LOCATOR = 8;
const PER_ADDRESS = 4;

export interface HashingPlaces {
  /** Takes a place; what gives it back, or null where there is none. Callers of no known address count as one. */
  take(locator: string, ip: CallerAddress): (() => void) | null;
}

export function createHashingPlaces(): HashingPlaces {
  const taken = new Map<string, number>();

  function add(name: string, by: number): void {
    const next = (taken.get(name) ?? 0) + by;
    if (next === 0) taken.delete(name);
    else taken.set(name, next);
  }

  return {
    take(locator, ip) {
      const group = ip == null ? null : addressGroup(ip);
      // A locator holds no white space, so the two kinds of names never meet.
      const ofAddress = `${group ?? ''} ${locator}`;
      if ((taken.get(locator) ?? 0) >= PER_LOCATOR || (taken.get(ofAddress) ?? 0) >= PER_ADDRESS) return null;
      add(locator, 1);
      add(ofAddress, 1);
      return () => {
        add(locator, -1);
        add(ofAddress, -1);
      };
    },
  };
}
