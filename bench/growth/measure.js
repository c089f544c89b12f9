/** One operation on a running service: cold, warm, and seven times at once beside a caller that verifies. */
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../cpu.js';

const WARM_CALLS = 7;
const WARM_MS = 10_000;
const AT_ONCE = 7;
const BUSY_MS = 2_000;
/** Faster than anybody clicks. Callers who ask without a pause fill any service, whatever they ask. */
const ASKED_EVERY_MS = 100;
/** A whole that is read seven times at once is ended after so long: by then it has shown what it does to others. */
const WHOLE_BUSY_MS = 10_000;
const CALL_MS = 180_000;

/**
 * @param {import('./operations.js').Operation} operation
 * @param {{ readonly service: object, readonly probe: object, readonly dropPages: () => void, readonly cpuMs: () => number }} parts
 */
export async function measureOperation(operation, { service, probe, dropPages, cpuMs }) {
  let calls = 0;
  const took = [];
  let refused = 0;

  async function call(signal) {
    const startedAt = performance.now();
    const requests = operation.requests(calls++);
    const answers = await Promise.all(requests.map((request) => service.ask(request, signal))).catch(() => []);
    // One that is ended because it would go on for minutes has shown what it does to others.
    if (answers.length === 0 && !(operation.whole && signal.aborted)) refused++;
    for (const [index, { status }] of answers.entries()) {
      if (status >= 500) refused++;
      else if (status >= 400 && status !== 409) throw new Error(`${operation.name}: ${requests[index].path} was answered with ${status}.`);
    }
    return performance.now() - startedAt;
  }

  dropPages();
  const cpuBefore = cpuMs();
  const cold = await call(AbortSignal.timeout(CALL_MS));
  const until = performance.now() + WARM_MS;
  for (let n = 0; n < WARM_CALLS && !operation.whole && performance.now() < until; n++) took.push(await call(AbortSignal.timeout(CALL_MS)));
  const cpu = (cpuMs() - cpuBefore) / calls;
  await probe.take();
  const worstBusy = await callTogether(operation, call);
  const beside = await probe.take();
  return {
    cold,
    warm: operation.whole ? cold : median(took),
    cpu,
    worst: Math.max(cold, worstBusy, ...took),
    refused: refused + beside.failed,
    beside,
  };
}

/** Seven callers, each of which asks ten times a second, or when it is answered; the longest that one of them waited. */
async function callTogether(operation, call) {
  const until = performance.now() + BUSY_MS;
  const together = operation.whole ? AbortSignal.timeout(WHOLE_BUSY_MS) : null;
  const waits = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      let longest = 0;
      do {
        const took = await call(together ?? AbortSignal.timeout(CALL_MS));
        longest = Math.max(longest, took);
        await pause(Math.max(0, ASKED_EVERY_MS - took));
      } while (performance.now() < until);
      return longest;
    }),
  );
  return Math.max(...waits);
}
