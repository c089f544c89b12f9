import { UnavailableError } from '../domain/errors.js';
import type { CounterRow, CounterStore } from '../ports/counter-store.js';

/** A counter store that outlives the limiters of a test, and fails when it is told to. */
export interface MemoryCounterStore extends CounterStore {
  /** Makes every following call fail with an UnavailableError, or work again. */
  fail(failing: boolean): void;
  rows(): readonly CounterRow[];
  /** Calls so far, failed ones included, and the number of rows in the largest save. */
  calls(): { readonly loads: number; readonly saves: number; readonly prunes: number; readonly largestSave: number };
}

export function createMemoryCounterStore(): MemoryCounterStore {
  const bySubject = new Map<string, Map<string, CounterRow>>();
  const calls = { loads: 0, saves: 0, prunes: 0, largestSave: 0 };
  let failing = false;

  /** A store answers later, so that what runs meanwhile gets its turn. */
  async function answer(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (failing) throw new UnavailableError('store');
  }

  return {
    async loadCounters(subjects) {
      calls.loads += 1;
      await answer();
      return subjects.flatMap((subject) => [...(bySubject.get(subject)?.values() ?? [])]);
    },
    async saveCounters(rows) {
      calls.saves += 1;
      calls.largestSave = Math.max(calls.largestSave, rows.length);
      await answer();
      for (const row of rows) {
        const own = bySubject.get(row.subject) ?? new Map<string, CounterRow>();
        bySubject.set(row.subject, own.set(row.name, { ...row }));
      }
    },
    async pruneCounters(now) {
      calls.prunes += 1;
      await answer();
      for (const own of bySubject.values()) {
        for (const row of own.values()) if (row.expiresAt <= now) own.delete(row.name);
      }
    },
    fail(next) {
      failing = next;
    },
    rows: () => [...bySubject.values()].flatMap((own) => [...own.values()]),
    calls: () => ({ ...calls }),
  };
}
