/** Counts the calls that reach the store's reads of keys, to show which verifications do any I/O. */
import type { Storage } from '../../src/ports/storage.js';

export interface CountedReads {
  wrap(storage: Storage): Storage;
  calls(): Readonly<Record<string, number>>;
  reset(): void;
}

export function countReads(): CountedReads {
  let counts: Record<string, number> = {};
  const counted = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function' || typeof name !== 'string') return member;
        return (...args: unknown[]): unknown => {
          counts[name] = (counts[name] ?? 0) + 1;
          return Reflect.apply(member, target, args);
        };
      },
    });
  return {
    wrap: (storage) => ({
      ...storage,
      keys: counted(storage.keys),
      catalog: counted(storage.catalog),
      credits: counted(storage.credits),
      counters: counted(storage.counters),
      check: () => storage.check(),
      close: () => storage.close(),
    }),
    calls: () => counts,
    reset: () => {
      counts = {};
    },
  };
}
