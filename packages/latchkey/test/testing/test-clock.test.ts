import { describe, expect, it } from 'vitest';
import { createTestClock, TEST_CLOCK_START } from '../../src/testing/test-clock.js';

describe('the test clock', () => {
  it('starts at a fixed instant and moves only when told', async () => {
    const clock = createTestClock();
    expect([clock.now(), clock.monotonicMs()]).toEqual([Date.UTC(2026, 0, 1), 0]);
    expect(TEST_CLOCK_START).toBe(Date.UTC(2026, 0, 1));
    await clock.advance(5);
    expect([clock.now(), clock.monotonicMs()]).toEqual([Date.UTC(2026, 0, 1) + 5, 5]);
  });

  it('runs tasks that fall due in order, each at its own instant, those that tasks schedule included', async () => {
    const clock = createTestClock(0);
    const ran: string[] = [];
    const note = (name: string) => (): void => void ran.push(`${name}@${clock.now()}`);
    clock.schedule(30, note('third'));
    clock.schedule(10, () => {
      note('first')();
      clock.schedule(10, note('second'));
    });
    clock.schedule(30, note('fourth'));
    clock.schedule(31, note('late'));
    await clock.advance(30);
    expect(ran).toEqual(['first@10', 'second@20', 'third@30', 'fourth@30']);
    expect(clock.pending()).toBe(1);
  });

  it('lets what a task began go on before time does', async () => {
    const clock = createTestClock(0);
    const seen: number[] = [];
    clock.schedule(10, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push(clock.now()));
    });
    await clock.advance(100);
    expect(seen).toEqual([10]);
  });

  it('never runs a task that was cancelled', async () => {
    const clock = createTestClock();
    let ran = false;
    clock.schedule(10, () => (ran = true))();
    await clock.advance(100);
    expect(ran).toBe(false);
  });

  it('sets the wall clock without touching monotonic time or tasks', async () => {
    const clock = createTestClock();
    let ran = false;
    clock.schedule(10, () => (ran = true));
    await clock.advance(9);
    clock.set(1_000);
    expect([clock.now(), clock.monotonicMs(), ran]).toEqual([1_000, 9, false]);
    await clock.advance(1);
    expect([clock.now(), clock.monotonicMs(), ran]).toEqual([1_001, 10, true]);
  });
});
