import { describe, expect, it } from 'vitest';
import { createUsageRecorder } from '../../src/engine/usage/usage-recorder.js';
import type { UsageBatch, UsageStore } from '../../src/ports/usage-store.js';
import { createTestClock } from '../../src/testing/test-clock.js';

const HOUR_MS = 3_600_000;
const START = 500_000 * HOUR_MS;
const FROM = { ip: null, userAgent: undefined };

describe('usage recorder', () => {
  it('writes each use of a key once, across hours, secrets, and writes that failed while the key was used on', async () => {
    const written: UsageBatch[] = [];
    let failures = 2;
    const clock = createTestClock(START);
    const recordUsage: UsageStore['recordUsage'] = async (batch) => {
      if (failures > 0 && batch.lastUses.length > 0) {
        failures--;
        use('secret_2');
        throw new Error('out of reach');
      }
      written.push(batch);
    };
    const recorder = createUsageRecorder({ store: { recordUsage } as UsageStore, clock, writeBehindMs: 1_000, onFailure: () => undefined });
    let used = 0;
    const use = (secretId: string) => {
      used++;
      recorder.countUse({ id: 'key_1', secretId }, FROM, clock.now());
    };
    use('secret_1');
    await clock.advance(HOUR_MS);
    use('secret_1');
    use('secret_2');
    await clock.advance(1_000);
    use('secret_2');
    await clock.advance(1_000);
    await recorder.close();
    const uses = written.flatMap(({ lastUses }) => lastUses);
    const counts = written.flatMap((batch) => batch.counts).filter(({ code }) => code === 'valid');
    expect([failures, used]).toEqual([0, 6]);
    expect(uses.reduce((sum, each) => sum + each.uses, 0)).toBe(used);
    expect(counts.reduce((sum, each) => sum + each.count, 0)).toBe(used);
  });
});
