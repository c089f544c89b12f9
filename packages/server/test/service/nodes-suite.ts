/** Real processes on one real database keep the promise that a revocation holds everywhere once it is answered. */
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDice } from './dice.js';
import { PATIENT, startFleet, storm, untilAllAreKnown, type Fleet, type Storm } from './fleet.js';

/** The nightly run makes many more. */
const CHANGES = Number(process.env['LATCHKEY_CHANGES'] ?? 60);

/** So long that a busy machine lets no lease run out. */
export const LONG_LEASE_MS = 20_000;

export async function openFleet(database: string, size: number, leaseMs: number): Promise<Fleet> {
  const fleet = await startFleet(size, () => ({ DATABASE_URL: database, LATCHKEY_LEASE_MS: String(leaseMs), ...PATIENT }));
  onTestFinished(() => fleet.stop());
  await untilAllAreKnown(fleet);
  return fleet;
}

/** Repeats the storm until every node acknowledges within its lease, which a busy machine may delay. Each storm is held to the promise. */
async function untilNoneLapses(fleet: Fleet, options: Storm): Promise<void> {
  while ((await storm(fleet, options)).lapsed > 0);
}

/** Declares the tests for `size` services on one database, which `database` creates. */
export function nodesSuite(name: string, size: number, database: () => Promise<string>): void {
  describe(name, () => {
    it('revocation: no node answers from before a change once the change was answered', async () => {
      const fleet = await openFleet(await database(), size, LONG_LEASE_MS);
      const { changes, lapsed, waits } = await storm(fleet, { changes: CHANGES, at: 4, dice: createDice(1) });
      expect(changes).toBe(CHANGES);
      expect(lapsed).toBe(0);
      if (CHANGES > 1_000)
        process.stdout.write(`${changes} changes; median ${waits[Math.floor(waits.length / 2)]} ms, longest ${waits.at(-1)} ms\n`);
    });

    it('revocation: holds while a node is stopped for longer than its lease', async () => {
      const fleet = await openFleet(await database(), size, 4_000);
      const stopped = fleet.services[size - 1];
      const others = Array.from({ length: size - 1 }, (_, index) => index);
      stopped?.child.kill('SIGSTOP');
      onTestFinished(() => void stopped?.child.kill('SIGCONT'));
      const { lapsed } = await storm(fleet, { changes: 6, at: 3, dice: createDice(2), alive: () => others });
      expect(lapsed).toBeGreaterThan(0);
      stopped?.child.kill('SIGCONT');
      await untilAllAreKnown(fleet);
      await untilNoneLapses(fleet, { changes: 6, at: 3, dice: createDice(3) });
    });

    it('revocation: holds when a node is killed; the next change waits once for its lease', async () => {
      const fleet = await openFleet(await database(), size, 10_000);
      const killed = fleet.services[size - 1];
      const others = Array.from({ length: size - 1 }, (_, index) => index);
      killed?.child.kill('SIGKILL');
      if (killed !== undefined && killed.child.exitCode === null && killed.child.signalCode === null) await once(killed.child, 'exit');
      expect((await storm(fleet, { changes: 1, at: 1, dice: createDice(4), alive: () => others })).lapsed).toBe(1);
      // It is taken off the record when it was watched for a whole lease, a little after the answer.
      await expect.poll(async () => (await fleet.asks[0]?.('/v1/cluster'))?.json['nodes']).toHaveLength(size - 1);
      await untilNoneLapses(fleet, { changes: 6, at: 3, dice: createDice(5), alive: () => others });
    });
  });
}
