/** The blocks of guides that need PostgreSQL or Redis, with the real ones. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createLatchkey } from 'latchkey';
import { createClient } from 'latchkey/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { hasRedis, startRedis } from '../../../../tools/services/redis.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { ADMIN_KEY, environment, MAIN, outcomeOf, runProcess, serve, temporaryFolder } from '../cli/command.js';
import { hasCommands } from '../has-commands.js';

describe.skipIf(findPostgres() === null || !hasCommands('pg_dump', 'pg_restore', 'createdb'))('docs/guides/production.md', () => {
  it('dump and restore: the restored log is whole up to the head that was kept', async () => {
    const postgres = await sharedPostgres();
    const database = await postgres.createDatabase();
    const latchkey = await createLatchkey({ database, prefix: 'acme' });
    for (const name of ['first', 'second']) await latchkey.keys.create({ name, owner: 'ada' });
    await latchkey.close();
    const folder = temporaryFolder();
    const restored = `restored_${new URL(database).pathname.slice(1)}`;
    onTestFinished(async () => {
      folder.remove();
      await postgres.query(`drop database if exists ${restored}`);
    });
    const head = await runProcess(['events', '--head', '--database'], { cwd: folder.path, variables: { DATABASE_URL: database } });
    writeFileSync(join(folder.path, 'head'), head.stdout);

    const { host, hostname, port, username, password } = new URL(database);
    const lines = blockOf('docs/guides/production.md', 'dump')
      .replaceAll('postgres://…/latchkey_restored', `postgres://${username}@${host}/${restored}`)
      .replaceAll('createdb latchkey_restored', `createdb ${restored}`);
    const variables = { DATABASE_URL: database, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password };
    const script = `set -e\nlatchkey() { '${process.execPath}' '${MAIN}' "$@"; }\n${lines}`;
    const { code, stdout, stderr } = await outcomeOf(spawn('sh', ['-c', script], { cwd: folder.path, env: environment(variables) }));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^The log is whole: 2 entries, head 2:/);
  });
});

describe.runIf(hasRedis())('docs/guides/redis.md', () => {
  it('serve with REDIS_URL: limits are counted in that Redis', async () => {
    const redis = await startRedis([['requirepass', 'password']]);
    onTestFinished(() => redis.stop());
    const shown = /^REDIS_URL=(\S+) latchkey serve\n$/.exec(blockOf('docs/guides/redis.md', 'serve'))?.[1] ?? '';
    const url = shown.replace('redis.internal:6379', `127.0.0.1:${redis.port}`);
    const service = await serve({ REDIS_URL: url });
    onTestFinished(async () => void (await service.stop()));
    const client = createClient({ url: service.url, adminKey: ADMIN_KEY });
    const { token } = await client.keys.create({ name: 'a', owner: 'ada', limits: [{ name: 'few', limit: 5, window: '1h' }] });
    expect(await client.verify(token ?? '')).toMatchObject({ valid: true, limits: [{ remaining: 4 }] });
    const connection = new Redis(url);
    onTestFinished(() => connection.disconnect());
    expect(await connection.keys('latchkey:*')).not.toEqual([]);
  });
});
