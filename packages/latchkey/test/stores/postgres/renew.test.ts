/** The renewal of a lease in one statement. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { startTcpProxy } from '../../../../../tools/services/tcp-proxy.js';
import type { LogHead } from '../../../src/domain/event.js';
import type { Renewal } from '../../../src/ports/node-store.js';
import { loadDriver } from '../../../src/stores/postgres/driver.js';
import { sampleEvent, START } from '../../../src/testing/storage-records.js';
import { openOwnSchema, throughPort } from './opened-postgres.js';

const postgres = findPostgres() !== null;
const url = postgres ? await (await sharedPostgres()).createDatabase() : '';

describe.skipIf(!postgres)('a renewal', () => {
  it('of a node that is on record is one message, whatever it is told of', async () => {
    const proxy = await startTcpProxy({ port: Number(new URL(url).port) });
    const { storage, dispose } = await openOwnSchema(throughPort(url, proxy.port));
    onTestFinished(async () => {
      await dispose();
      await proxy.dispose();
    });
    const { head } = await storage.nodes.renew(renewal(1, null));
    for (const number of [2, 3]) {
      await storage.keys.change(async (change) => void (await change.append(sampleEvent(number))));
      const before = proxy.messages;
      const { events } = await storage.nodes.renew(renewal(number, head));
      expect([events?.length, proxy.messages - before]).toEqual([number - 1, 1]);
    }
  });

  it('that waits while its node is taken off the record tells it to forget everything, and puts it back', async () => {
    const { storage, dispose, url: own } = await openOwnSchema(url);
    onTestFinished(dispose);
    const { head } = await storage.nodes.renew(renewal(1, null));
    const { Client } = await loadDriver();
    const remover = new Client(url);
    await remover.connect();
    onTestFinished(() => remover.end());
    await remover.query('begin');
    await remover.query(`delete from "${new URL(own).searchParams.get('schema') ?? ''}".nodes`);
    const renewing = storage.nodes.renew(renewal(2, head));
    const waiting = "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await expect.poll(async () => (await remover.query(waiting)).rows).toEqual([{ count: 1 }]);
    await remover.query('commit');
    expect((await renewing).events).toBeNull();
    expect((await storage.nodes.listNodes()).map(({ id }) => id)).toEqual(['node_a']);
  });
});

function renewal(number: number, cursor: LogHead | null): Renewal {
  return {
    id: 'node_a',
    label: 'host:1',
    version: '1.0.0',
    startedAt: START,
    renewedAt: START + number,
    leaseMs: 5_000,
    renewal: number,
    cursor,
  };
}
