import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/domain/errors.js';
import { createOwnRate } from '../../src/engine/self-service/own-rate.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import type { Limiter } from '../../src/ports/limiter.js';
import { createTestClock } from '../../src/testing/test-clock.js';

const clock = createTestClock();

describe('self-service rate', () => {
  it('lets an owner revoke while nothing can be counted, and refuses changes and sessions', async () => {
    const out = async (): Promise<never> => Promise.reject(new UnavailableError('limiter'));
    const limiter: Limiter = { consume: out, peek: out, refund: out, close: async () => undefined };
    const rate = createOwnRate({ limiter, clock }, 10);
    await (await rate.count('ada', 'revoke')).giveBack();
    for (const act of ['change', 'session'] as const) await expect(rate.count('ada', act)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('shares no counter with the limits of keys and owners', async () => {
    const limiter = createMemoryLimiter({ counters: null, clock });
    const limits = [{ name: 'change', limit: 1, windowMs: 3_600_000, algorithm: 'token-bucket' }] as const;
    for (const subject of ['ada', 'owner:ada', 'key_ada']) await limiter.consume([{ subject, owner: 'ada', limits }], 1, clock.now());
    const rate = createOwnRate({ limiter, clock }, 1);
    await rate.count('ada', 'change');
    await rate.count('ada', 'revoke');
    await rate.count('ada', 'session');
    await rate.count('owner:ada', 'change');
    await expect(rate.count('ada', 'change')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
  });
});
