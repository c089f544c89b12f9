import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/domain/errors.js';
import { createCircuitBreaker, type CircuitBreakerOptions } from '../../src/limiters/circuit-breaker.js';
import { createTestClock } from '../../src/testing/test-clock.js';

/** A limiter far away that answers when the test says so. */
function createRemote() {
  const waiting: { readonly answer: (value: string) => void; readonly fail: (error: Error) => void }[] = [];
  return {
    waiting,
    call: async () => new Promise<string>((answer, fail) => void waiting.push({ answer, fail })),
  };
}

function open(options: Partial<CircuitBreakerOptions> = {}) {
  const clock = createTestClock();
  const changes: string[] = [];
  const remote = createRemote();
  const breaker = createCircuitBreaker({
    clock,
    timeoutMs: 100,
    onChange: (state, cause) => changes.push(state === 'open' ? `open: ${(cause as Error).message}` : state),
    ...options,
  });
  /** So many failures, one after the other. */
  const fail = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++)
      await expect(breaker.run(async () => Promise.reject(new Error('refused')))).rejects.toThrow(UnavailableError);
  };
  return { clock, changes, remote, breaker, fail, ok: async () => breaker.run(async () => 'ok') };
}

describe('a guarded call', () => {
  it('gives what came of it within its time, and is unavailable with the reason where it failed', async () => {
    const { breaker, remote } = open();
    const answered = breaker.run(remote.call);
    remote.waiting[0]?.answer('here');
    expect(await answered).toBe('here');
    const failed = breaker.run(remote.call);
    remote.waiting[1]?.fail(new Error('ECONNREFUSED'));
    await expect(failed).rejects.toMatchObject({ code: 'unavailable', dependency: 'limiter', cause: { message: 'ECONNREFUSED' } });
  });

  it('is over when its time is, and an answer that comes later changes nothing', async () => {
    const { breaker, clock, remote } = open();
    const late = breaker.run(remote.call).catch((error: unknown) => error);
    await clock.advance(99);
    expect(await Promise.race([late, Promise.resolve('still waits')])).toBe('still waits');
    await clock.advance(1);
    expect(await late).toMatchObject({ code: 'unavailable', cause: { message: 'It did not answer within 100 ms.' } });
    remote.waiting[0]?.answer('too late');
    expect(clock.pending()).toBe(0);
  });

  it('shares one timer with all others, which is gone once it is not needed', async () => {
    const { ok, clock, fail } = open();
    for (let call = 0; call < 50; call++) await ok();
    await fail(1);
    expect(clock.pending()).toBe(1);
    await clock.advance(100);
    expect(clock.pending()).toBe(0);
  });

  it('is over at its own time, whichever others came before, are answered, or still wait', async () => {
    const { breaker, clock, remote } = open({ failuresMax: 100 });
    const over: number[] = [];
    for (let call = 0; call < 10; call++) {
      breaker.run(remote.call).catch(() => over.push(clock.monotonicMs()));
      if (call % 3 === 1) remote.waiting[call]?.answer('in time');
      await clock.advance(30);
    }
    await clock.advance(200);
    expect(over).toEqual([0, 2, 3, 5, 6, 8, 9].map((call) => call * 30 + 100));
    expect(clock.pending()).toBe(0);
  });
});

describe('the circuit breaker', () => {
  it('opens after three failures in a row, says so once, and then refuses at once without calling', async () => {
    const { breaker, changes, fail, ok, remote } = open();
    await fail(2);
    await ok();
    await fail(2);
    expect(changes).toEqual([]);
    await fail(1);
    expect(changes).toEqual(['open: refused']);
    await expect(breaker.run(remote.call)).rejects.toMatchObject({ code: 'unavailable', cause: { message: 'refused' } });
    expect(remote.waiting).toEqual([]);
    await fail(3);
    expect(changes).toEqual(['open: refused']);
  });

  it('lets exactly one of many calls at once try again, and closes when that succeeds', async () => {
    const { breaker, clock, changes, fail, remote, ok } = open();
    await fail(3);
    await clock.advance(124);
    await expect(breaker.run(remote.call)).rejects.toThrow(UnavailableError);
    await clock.advance(1);
    const calls = Array.from({ length: 50 }, async () => breaker.run(remote.call).catch(() => 'refused at once'));
    expect(remote.waiting).toHaveLength(1);
    expect(await Promise.all(calls.slice(1))).toEqual(Array.from({ length: 49 }, () => 'refused at once'));
    remote.waiting[0]?.answer('here again');
    expect(await calls[0]).toBe('here again');
    expect(changes).toEqual(['open: refused', 'closed']);
    expect(await ok()).toBe('ok');
  });

  it('waits twice as long after each probe that failed or took too long, up to a second, and lets one at a time try', async () => {
    const { breaker, clock, changes, fail, remote, ok } = open();
    await fail(3);
    for (const [index, waitMs] of [125, 250, 500, 1_000, 1_000].entries()) {
      await clock.advance(waitMs - 1);
      await expect(ok()).rejects.toThrow(UnavailableError);
      await clock.advance(1);
      const tried = breaker.run(remote.call).catch(() => 'failed');
      await expect(breaker.run(remote.call)).rejects.toThrow(UnavailableError);
      expect(remote.waiting).toHaveLength(index + 1);
      if (index % 2 === 0) remote.waiting[index]?.fail(new Error('refused'));
      else await clock.advance(100);
      expect(await tried).toBe('failed');
    }
    expect(changes).toEqual(['open: refused']);
    await clock.advance(1_000);
    expect(await ok()).toBe('ok');
    await fail(3);
    await clock.advance(125);
    expect(await ok()).toBe('ok');
  });

  it('takes no notice of calls that began before it changed', async () => {
    const { breaker, clock, changes, fail, remote, ok } = open({ timeoutMs: 10_000 });
    const before = [breaker.run(remote.call), breaker.run(remote.call), breaker.run(remote.call), breaker.run(remote.call)].map(
      async (call) => call.catch(() => 'failed'),
    );
    await fail(3);
    remote.waiting[0]?.answer('an old answer');
    await before[0];
    await expect(ok()).rejects.toThrow(UnavailableError);
    await clock.advance(1_000);
    await ok();
    for (const old of remote.waiting) old.fail(new Error('an old failure'));
    await Promise.all(before);
    expect(await ok()).toBe('ok');
    expect(changes).toEqual(['open: refused', 'closed']);
  });
});
