/**
 * Verifies one token a hundred times a second, whatever becomes of the calls before, and tells how long they took: each from the
 * time at which it was due, so that a service that stands still is not asked less, and looks no better for it.
 */
import { createAsking } from './asking.js';

const EVERY_MS = 10;
/** How late a call may be sent, so that the timer is no part of what is measured. */
const TICK_MS = 1;
const { ask } = createAsking(Number(process.argv[2]));
let token;
let taken = { took: [], failed: 0 };
const waiting = new Set();
let due = performance.now();

process.on('message', (message) => {
  if (message === 'take') {
    void take();
    return;
  }
  token = message.token;
  void ask({ path: '/v1/forward-auth', token }).then(() => {
    due = performance.now();
    setInterval(askWhatIsDue, TICK_MS);
    process.send('started');
  });
});

function askWhatIsDue() {
  for (; due <= performance.now(); due += EVERY_MS) {
    const probing = probe(due).finally(() => waiting.delete(probing));
    waiting.add(probing);
  }
}

/** Waits for the calls of this stretch that are under way: they are the ones that a service which stood still kept waiting. */
async function take() {
  const stretch = taken;
  taken = { took: [], failed: 0 };
  await Promise.all(waiting);
  process.send(summary(stretch));
}

async function probe(from) {
  const stretch = taken;
  try {
    const { status } = await ask({ path: '/v1/forward-auth', token });
    if (status !== 200) stretch.failed++;
  } catch {
    stretch.failed++;
  }
  stretch.took.push(performance.now() - from);
}

function summary({ took, failed }) {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), worst: at(1), calls: took.length, failed };
}
