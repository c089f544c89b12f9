/** Engines on one SQLite file, each over a connection of its own that can be cut, in a time that the test holds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { joinByLease, joinStrictly } from '../../src/cluster/index.js';
import type { Latchkey, SettingsInput } from '../../src/index.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import { createTestClock, type TestClock } from '../../src/testing/test-clock.js';
import { openHarness, type Harness } from '../engine/harness.js';

export interface Node extends Harness {
  /** What lies between the engine and the database. */
  readonly link: FaultyStorage;
}

export interface Nodes {
  readonly clock: TestClock;
  readonly file: string;
  start(options?: SettingsInput): Promise<Node>;
  /** Settles as the call does, letting time pass meanwhile; with how long it took. */
  timed<T>(call: Promise<T>): Promise<{ readonly value: T; readonly tookMs: number }>;
}

export const LEASE_MS = 5_000;
const POLL_MS = 25;

export function openNodes(): Nodes {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-nodes-'));
  const file = join(folder, 'latchkey.db');
  const clock = createTestClock();
  const engines: Latchkey[] = [];
  let seed = 0;
  onTestFinished(async () => {
    await Promise.all(engines.map(async (latchkey) => waitFor(latchkey.close(), clock)));
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    clock,
    file,
    async start({ consistency = 'lease', leaseMs = LEASE_MS, ...settings } = {}) {
      seed += 1;
      const entropy = createSeededEntropy(1_000 + seed);
      let link: FaultyStorage | null = null;
      const harness = await openHarness({
        file,
        clock,
        seed,
        ...settings,
        wrap: (storage) => (link = createFaultyStorage(storage)).storage,
        join: ({ nodes }) =>
          consistency === 'strict'
            ? joinStrictly({ nodes, leaseMs })
            : joinByLease({ nodes, entropy, label: `host:${seed}`, version: '0.1.0', leaseMs, pollMs: POLL_MS }),
      });
      engines.push(harness.latchkey);
      if (link === null) throw new Error('The store was not wrapped.');
      return { ...harness, link };
    },
    async timed(call) {
      const begun = clock.monotonicMs();
      const value = await waitFor(call, clock);
      return { value, tookMs: clock.monotonicMs() - begun };
    },
  };
}

/** Steps of time, small enough that what is measured by them is nearly exact. */
const STEP_MS = 5;

async function waitFor<T>(call: Promise<T>, clock: TestClock): Promise<T> {
  let settled = false;
  const done = call.finally(() => (settled = true));
  done.catch(() => undefined);
  for (let steps = 0; !settled && steps < 20_000; steps++) await clock.advance(STEP_MS);
  return done;
}
