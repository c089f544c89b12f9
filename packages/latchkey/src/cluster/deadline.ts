import type { Clock } from '../ports/clock.js';

/** Settles as `work` does, or rejects when `afterMs` have passed; what `work` comes to after that is nobody's affair. */
export async function withDeadline<T>(clock: Clock, afterMs: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.schedule(afterMs, () => {
      reject(new Error(`There was no answer within ${afterMs} ms.`));
    });
    work.then(resolve, reject).finally(cancel);
  });
}
