import { describe, expect, it } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { LONG_LEASE_MS, nodesSuite, openFleet } from './nodes-suite.js';

const database = async (): Promise<string> => (await sharedPostgres()).createDatabase();

describe.runIf(findPostgres() !== null)('services on one PostgreSQL', () => {
  nodesSuite('three processes on PostgreSQL', 3, database);

  it('stop: a service on PostgreSQL takes its node off the record and ends in order', async () => {
    const fleet = await openFleet(await database(), 2, LONG_LEASE_MS);
    const [first, second] = fleet.services;
    expect((await first?.stop())?.code).toBe(0);
    expect((await fleet.asks[1]?.('/v1/cluster'))?.json['nodes']).toHaveLength(1);
    expect((await fleet.asks[1]?.('/v1/overview'))?.json['cluster']).toMatchObject({ mode: 'lease', nodes: [{ self: true }] });
    expect((await second?.stop())?.code).toBe(0);
  });
});
