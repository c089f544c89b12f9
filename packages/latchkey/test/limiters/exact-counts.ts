/** Exact limits over real processes, as tests for every limiter that nodes share. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LIMIT_ALGORITHMS, type Limit } from '../../src/domain/limit.js';
import type { Charge, Limiter } from '../../src/ports/limiter.js';

export interface Order {
  readonly calls: number;
  readonly charges: readonly Charge[];
  readonly cost: number;
}

const PROCESSES = 4;
const CALLS = 2_000;
/** As long as windows may be: none is to end while it is counted. */
const YEAR_MS = 366 * 86_400_000;
const yearly = (name: string, limit: number): Limit => ({ name, limit, windowMs: YEAR_MS, algorithm: 'fixed-window' });

export interface SharedLimiter {
  readonly kind: 'redis' | 'postgres';
  url(): string;
  /** One more node, in this process, to look with. */
  look(): Promise<Limiter>;
}

/** Declares the tests. To be called while tests are declared; the processes serve all of them. */
export function exactCounts({ kind, url, look }: SharedLimiter): void {
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    const script = fileURLToPath(new URL('consume-process.js', import.meta.url));
    for (let number = 0; number < PROCESSES; number++) processes.push(fork(script, [kind, url()]));
    await Promise.all(processes.map(nextMessage));
  });

  afterAll(() => {
    for (const child of processes) child.kill();
  });

  /** Has all processes make their part of the calls at one time. Resolves to how many were admitted. */
  async function consume(charges: readonly Charge[], cost: number): Promise<number> {
    const answers = processes.map(nextMessage);
    for (const child of processes) child.send({ calls: CALLS / PROCESSES, charges, cost } satisfies Order);
    return (await Promise.all(answers)).map(Number).reduce((sum, admitted) => sum + admitted, 0);
  }

  it.each(LIMIT_ALGORITHMS)(
    `${PROCESSES} processes make ${CALLS} calls at once on a limit of 500: exactly 500 are admitted (%s)`,
    async (algorithm) => {
      const charges: Charge[] = [{ subject: `one-${algorithm}`, owner: 'ada', limits: [{ ...yearly('a', 500), algorithm }] }];
      expect(await consume(charges, 1)).toBe(500);
      expect(await remaining(await look(), charges)).toEqual([0]);
    },
  );

  it('the same over several limits of key, owner and call: refused calls leave every counter as it was', async () => {
    const charges: Charge[] = [
      { subject: 'key_1', owner: 'ada', limits: LIMIT_ALGORITHMS.map((algorithm) => ({ ...yearly(algorithm, 900), algorithm })) },
      { subject: 'owner:ada', owner: 'ada', limits: [yearly('shared', 500)] },
      { subject: 'key_1/call', owner: 'ada', limits: [yearly('call', 700)] },
    ];
    expect(await consume(charges, 1)).toBe(500);
    // The tight one refuses them all, and the others stay.
    expect(await consume(charges, 1)).toBe(0);
    expect(await consume(charges.slice(0, 1), 7)).toBe(Math.floor(400 / 7));
    expect(await remaining(await look(), charges)).toEqual([1, 1, 1, 0, 200]);
  });
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`A process ended with ${code} before it answered.`)));
  });
}

async function remaining(limiter: Limiter, charges: readonly Charge[]): Promise<number[]> {
  const { readings } = await limiter.peek(charges, 0, Date.now());
  await limiter.close();
  return readings.map((reading) => reading.remaining);
}
