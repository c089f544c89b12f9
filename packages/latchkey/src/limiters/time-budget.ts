import type { Clock } from '../ports/clock.js';

/** What came of the call, or a rejection once `timeoutMs` is over; the call itself goes on. */
export function withinBudget<Result>(
  call: () => Promise<Result>,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const expire = (): void => reject(new Error(`It did not answer within ${timeoutMs} ms.`));
    // Where this process itself was busy, the answer may be here but not read yet: the event loop goes round once more.
    const cancel = clock.schedule(timeoutMs, () => void clock.schedule(0, expire));
    call().then(
      (result) => {
        cancel();
        resolve(result);
      },
      (error: Error) => {
        cancel();
        reject(error);
      },
    );
  });
}
