import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atItsPace, watchPace } from '../src/api/calls/pace.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** How long is waited after a query whose answers took so long, one after the other; null: an attempt that failed after a while. */
async function pauseAfter(...answers: readonly (number | null)[]): Promise<number> {
  const client = new QueryClient();
  watchPace(client.getQueryCache());
  const left = [...answers];
  const query = client.getQueryCache().build(client, {
    queryKey: ['one'],
    retry: answers.length,
    retryDelay: 1_000,
    queryFn: async () => {
      const tookMs = left.shift() ?? null;
      vi.setSystemTime(Date.now() + (tookMs ?? 2_000));
      if (tookMs === null) throw new Error('Not yet.');
      return tookMs;
    },
  });
  while (left.length > 0) await Promise.all([query.fetch(), vi.runAllTimersAsync()]);
  client.clear();
  return atItsPace(query);
}

describe('what is on the screen', () => {
  it('is asked for every few seconds while that costs little', async () => {
    expect(await pauseAfter(0)).toBe(2_500);
    expect(await pauseAfter(300, 300)).toBe(2_500);
  });

  it('is asked for the less often the longer its answers take: an open page is no load', async () => {
    expect(await pauseAfter(1_000, 1_000)).toBe(5_000);
    expect(await pauseAfter(14_000, 12_000)).toBe(60_000);
  });

  it('is asked for as often as ever after one slow answer, and when a lost connection is back', async () => {
    expect(await pauseAfter(50, 9_000)).toBe(2_500);
    expect(await pauseAfter(9_000, 50)).toBe(2_500);
    expect(await pauseAfter(50, null, null, 50)).toBe(2_500);
  });
});
