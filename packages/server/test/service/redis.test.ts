import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis, type RedisServer } from '../../../../tools/services/redis.js';
import { runProcess, serve, temporaryFolder, type ServedFolder } from '../cli/command.js';
import { createAsk, type Ask } from './ask.js';

const PASSWORD = 'the-s3cret/of+redis';

describe.skipIf(!hasRedis())('a service that counts limits in Redis', () => {
  let redis: RedisServer;
  let service: ServedFolder;
  let ask: Ask;
  let printed = '';

  beforeAll(async () => {
    redis = await startRedis([['requirepass', PASSWORD]]);
    service = await serve({
      REDIS_URL: `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${redis.port}`,
      LATCHKEY_ON_LIMITER_FAILURE: 'allow',
      LATCHKEY_LIMITER_TIMEOUT_MS: '20000',
    });
    service.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    ask = createAsk(service.url);
  });

  afterAll(async () => {
    await service?.stop();
    await redis?.stop();
  });

  /** The notices of its log so far. */
  const notices = (): unknown[] =>
    printed
      .split('\n')
      .filter((line) => line.includes('"notice"'))
      .map((line) => (JSON.parse(line) as { level: string; notice: string }).notice);

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 120_000;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`Not within two minutes. ${printed}`);
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }

  it('says in verdict, metric and one line of the log when a policy stands in for Redis, and in one line when no more', async () => {
    const limits = [{ name: 'daily', limit: 3, window: '1d' }];
    const { token } = (await ask('/v1/keys', { body: { name: 'a', owner: 'b', limits } })).json;
    const verify = async () => (await ask('/v1/keys/verify', { body: { token } })).json;
    expect(await verify()).toMatchObject({ valid: true, degraded: false, limits: [{ remaining: 2 }] });
    redis.kill();
    for (let call = 0; call < 5; call++) expect(await verify()).toMatchObject({ valid: true, degraded: true, limits: [] });
    await until(() => notices().length > 0);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics.split('\n')).toContain('latchkey_limiter_degraded_total 5');
    await redis.restart();
    await until(async () => !(await verify())['degraded']);
    await until(() => notices().length > 1);
    expect(notices()).toEqual(['limiter_out', 'limiter_back']);
  });

  it('never prints the password', async () => {
    const folder = temporaryFolder();
    const wrong = `redis://:${encodeURIComponent(`${PASSWORD}-wrong`)}@127.0.0.1:${redis.port}`;
    const refused = await runProcess(['serve', '--port', '0'], { cwd: folder.path, variables: { REDIS_URL: wrong } });
    folder.remove();
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('does not let Latchkey in')]);
    for (const text of [printed, refused.stdout, refused.stderr]) {
      expect(text).not.toContain('s3cret');
    }
  });
});
