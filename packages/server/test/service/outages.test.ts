/**
 * Three services on PostgreSQL and Redis keep the promise whatever breaks between them, or of them, and are well again
 * when it is mended. What callers see meanwhile is written out by a soak: LATCHKEY_CHANGES=1000 npx vitest run <this file>.
 */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres, type PostgresServer } from '../../../../tools/services/postgres.js';
import { hasRedis, startRedis, type RedisServer } from '../../../../tools/services/redis.js';
import { startTcpProxy, type TcpProxy } from '../../../../tools/services/tcp-proxy.js';
import { createDice } from './dice.js';
import { startFleet, storm, summary, untilAllAreKnown, type Fleet, type Storm } from './fleet.js';

const CHANGES = Number(process.env['LATCHKEY_CHANGES'] ?? 4);
const IS_SOAK = process.env['LATCHKEY_CHANGES'] !== undefined;
const LIMITS = [{ name: 'hourly', limit: 1_000_000, window: '1h' }];
/** The service whose way to PostgreSQL leads through the proxy. */
const AFAR = 2;

let postgres: PostgresServer;
let redis: RedisServer;
let proxy: TcpProxy;
let fleet: Fleet;

describe.runIf(findPostgres() !== null && hasRedis())('three services on PostgreSQL and Redis', () => {
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    proxy = await startTcpProxy(postgres);
    const database = await postgres.createDatabase();
    const afar = new URL(database);
    afar.port = String(proxy.port);
    fleet = await startFleet(3, (number) => ({
      REDIS_URL: redis.url,
      LATCHKEY_ON_LIMITER_FAILURE: 'local',
      DATABASE_URL: number === AFAR ? afar.href : database,
      // The one whose connections fall silent is to notice it.
      LATCHKEY_DATABASE_TIMEOUT_MS: number === AFAR ? '4000' : '60000',
    }));
    await untilAllAreKnown(fleet);
  });

  afterAll(async () => {
    await fleet?.stop();
    await proxy?.dispose();
    await Promise.all([postgres?.dispose(), redis?.stop()]);
  });

  /** While something is out, and once it is back. */
  async function outlast(what: string, options: Partial<Storm>, repair: () => unknown): Promise<void> {
    const seen = await storm(fleet, { limits: LIMITS, changes: CHANGES, at: 3, dice: createDice(1), outage: true, ...options }).finally(
      repair,
    );
    if (IS_SOAK) process.stdout.write(`${what}: ${summary(seen)}\n`);
    expect(seen.verifications).toBeGreaterThan(0);
    await untilWell();
    const after = await storm(fleet, { limits: LIMITS, changes: 4, at: 2, dice: createDice(2) });
    expect([after.changes, after.failed, after.pending]).toEqual([4, 0, 0]);
  }

  async function untilWell(): Promise<void> {
    await untilAllAreKnown(fleet);
    const [ask] = fleet.asks;
    const made = await ask?.('/v1/keys', { body: { name: 'probe', owner: 'probe', limits: LIMITS } });
    for (const each of fleet.asks) {
      await expect
        .poll(async () => (await each('/v1/keys/verify', { body: { token: made?.json['token'] } })).json)
        .toMatchObject({ code: 'valid', degraded: false });
    }
  }

  it('when all is well', async () => outlast('all well', { outage: IS_SOAK, at: IS_SOAK ? 6 : 3 }, () => undefined));

  it('while one is stopped for longer than its lease', async () => {
    const stopped = fleet.services[0]?.child;
    stopped?.kill('SIGSTOP');
    await outlast('a service is stopped', { alive: () => [1, AFAR] }, () => stopped?.kill('SIGCONT'));
  });

  it('while the connections of one to PostgreSQL are cut again and again', async () => {
    await outlast('connections are cut', { each: () => proxy.cut() }, () => undefined);
  });

  it('while all that one and PostgreSQL say to each other is late', async () => {
    proxy.delay(100);
    await outlast('100 ms each way', {}, () => proxy.delay(0));
  });

  it('while the connections of one to PostgreSQL are open, and nothing comes through', async () => {
    proxy.hold();
    await outlast('half-open connections', {}, () => {
      proxy.release();
      proxy.cut();
    });
  });

  it('while the connections on which they are told of changes are ended', async () => {
    const ears = "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'";
    await outlast('nobody hears of changes', { outage: false, each: async () => postgres.query(ears) }, () => undefined);
  });

  it('while PostgreSQL is stopped at once, and started again', async () => {
    const restart = async (): Promise<void> => {
      await postgres.stop('immediate');
      await postgres.start();
    };
    await outlast('PostgreSQL is restarted', { during: restart() }, () => undefined);
  });

  it('while Redis is gone, and when it is back and empty', async () => {
    redis.kill();
    await outlast('Redis is gone', { outage: false }, async () => redis.restart());
  });

  it('when one is killed', async () => {
    const killed = fleet.services[0]?.child;
    killed?.kill('SIGKILL');
    if (killed !== undefined && killed.exitCode === null && killed.signalCode === null) await once(killed, 'exit');
    const seen = await storm(fleet, { limits: LIMITS, changes: CHANGES, at: 3, dice: createDice(3), alive: () => [1, AFAR] });
    if (IS_SOAK) process.stdout.write(`a service is killed: ${summary(seen)}\n`);
    expect(seen.changes).toBe(CHANGES);
  });
});
