import { expect, it } from 'vitest';
import { withDeadline } from '../../../src/domain/utilities/deadline.js';
import { createTestClock } from '../../../src/testing/index.js';

it('deadline: settles as the work does, and leaves no timer behind', async () => {
  const clock = createTestClock();
  expect(await withDeadline(clock, 100, Promise.resolve('done'))).toBe('done');
  await expect(withDeadline(clock, 100, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await Promise.resolve();
  expect(clock.pending()).toBe(0);
});

it('deadline: rejects when the time is over, and drops what comes later', async () => {
  const clock = createTestClock();
  const work = openWork();
  const asked = withDeadline(clock, 100, work.promise).catch((error: unknown) => error);
  await clock.advance(99);
  expect(clock.pending()).toBe(1);
  await clock.advance(1);
  expect(await asked).toEqual(new Error('It did not answer within 100 ms.'));
  work.resolve('late');
  await work.promise;
  expect(clock.pending()).toBe(0);
});

it('deadline: an answer that a busy process has not read yet counts as in time', async () => {
  let now = 0;
  const tasks: (() => void)[] = [];
  const timer = {
    schedule(afterMs: number, task: () => void) {
      now += afterMs;
      tasks.push(task);
      return () => void tasks.splice(tasks.indexOf(task), 1);
    },
  };
  const work = openWork();
  const asked = withDeadline(timer, 100, work.promise);
  tasks.shift()?.();
  expect([now, tasks.length]).toEqual([100, 1]);
  work.resolve('read at last');
  expect(await asked).toBe('read at last');
});

function openWork(): { readonly promise: Promise<string>; resolve(value: string): void } {
  let resolve: (value: string) => void = () => undefined;
  const promise = new Promise<string>((done) => (resolve = done));
  return { promise, resolve: (value) => resolve(value) };
}
