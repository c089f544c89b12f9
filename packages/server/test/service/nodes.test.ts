/** Real processes on one real database keep the promise that a revocation holds everywhere once it is answered. */
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { temporaryFolder } from '../cli/command.js';
import { createDice } from './dice.js';
import { PATIENT, startFleet, storm, untilAllAreKnown, type Fleet, type Storm } from './fleet.js';

/** A soak is the same, for longer: LATCHKEY_CHANGES=10000 npx vitest run packages/server/test/service/nodes.test.ts. */
const CHANGES = Number(process.env['LATCHKEY_CHANGES'] ?? 60);
const TIMEOUT_MS = 900_000 + CHANGES * 1_000;

async function sqlite(): Promise<string> {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  return `file:${join(folder.path, 'latchkey.db')}`;
}

async function postgres(): Promise<string> {
  return (await sharedPostgres()).createDatabase();
}

/** Where nobody is to fall silent, leases are so long that no busy machine makes somebody seem so. */
const LONG_LEASE_MS = 20_000;

async function openFleet(database: string, size: number, leaseMs: number): Promise<Fleet> {
  const fleet = await startFleet(size, () => ({ DATABASE_URL: database, LATCHKEY_LEASE_MS: String(leaseMs), ...PATIENT }));
  onTestFinished(() => fleet.stop());
  await untilAllAreKnown(fleet);
  return fleet;
}

/** Nodes acknowledge again, once a busy machine keeps none of them waiting for longer than its lease. Each storm is held to the promise. */
async function untilNoneLapses(fleet: Fleet, options: Storm): Promise<void> {
  while ((await storm(fleet, options)).lapsed > 0);
}

it.runIf(findPostgres() !== null)(
  'a service on PostgreSQL that is told to stop takes its node off the record, and ends in order',
  async () => {
    const database = await postgres();
    const fleet = await openFleet(database, 2, LONG_LEASE_MS);
    const [first, second] = fleet.services;
    expect((await first?.stop())?.code).toBe(0);
    expect((await fleet.asks[1]?.('/v1/cluster'))?.json['nodes']).toHaveLength(1);
    expect((await fleet.asks[1]?.('/v1/overview'))?.json['cluster']).toMatchObject({ mode: 'lease', nodes: [{ self: true }] });
    expect((await second?.stop())?.code).toBe(0);
  },
);

describe.each([
  ['two processes on one SQLite file', 2, sqlite, true],
  ['three processes on PostgreSQL', 3, postgres, findPostgres() !== null],
] as const)('%s', (_name, size, database, available) => {
  it.runIf(available)(
    'answer nothing from before a change once it was answered, whichever of them made it',
    { timeout: TIMEOUT_MS },
    async () => {
      const fleet = await openFleet(await database(), size, LONG_LEASE_MS);
      const { changes, lapsed, waits } = await storm(fleet, { changes: CHANGES, at: 4, dice: createDice(1) });
      expect(changes).toBe(CHANGES);
      expect(lapsed).toBe(0);
      if (CHANGES > 1_000)
        process.stdout.write(`${changes} changes; median ${waits[Math.floor(waits.length / 2)]} ms, longest ${waits.at(-1)} ms\n`);
    },
  );

  it.runIf(available)('keep the promise while one of them is stopped for longer than its lease', { timeout: TIMEOUT_MS }, async () => {
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

  it.runIf(available)('keep the promise when one of them is killed, and wait for it once', { timeout: TIMEOUT_MS }, async () => {
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
