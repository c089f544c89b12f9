/**
 * A verification in process, with the key in memory and one limit in Redis, against a bare EVALSHA of a script of one
 * line that counts. CPU time of this process, one call at a time and 64 at once; beside it that of the Redis server.
 */
import { createLatchkey } from 'latchkey';
import { hasRedis, startRedis } from '../tools/services/redis.js';
import { compare, median } from './cpu.js';

const AT_ONCE = 64;
const OPERATIONS = 10_000;

if (hasRedis()) await measure();
else process.stderr.write('left out: verify with limits in Redis ("redis-server" is not installed)\n');

async function measure() {
  const { Redis } = await import('ioredis');
  const server = await startRedis();
  const redis = new Redis(server.port);
  const latchkey = await createLatchkey({ database: ':memory:', redis: server.url, limiterTimeoutMs: 60_000 });
  const limits = [{ name: 'daily', limit: 1_000_000_000, window: '1d' }];
  const { token } = await latchkey.keys.create({ name: 'bench', owner: 'bench', limits });
  const text = token.reveal();
  const sha = await redis.script('LOAD', "return redis.call('INCRBY', KEYS[1], ARGV[1])");
  const jobs = [() => redis.evalsha(sha, 1, 'latchkey:{1s3vbad}key_0123456789abcdef:daily:f86400000', 1), () => latchkey.verify(text)];
  const goal = '≤ 1.3 × a bare EVALSHA';

  const serverCpu = [[], []];
  for (const [what, atOnce] of [
    ['verify, cached, one limit in Redis, one at a time', 1],
    [`verify, cached, one limit in Redis, ${AT_ONCE} at once`, AT_ONCE],
  ]) {
    const measured = jobs.map((job, index) => async (operations) => {
      const before = await cpuOf(redis);
      await repeat(job, { operations, atOnce });
      if (atOnce > 1) serverCpu[index].push(((await cpuOf(redis)) - before) / operations);
    });
    const [baseline, subject] = await compare(measured, { operations: OPERATIONS });
    process.send({ what, subject: subject / 1000, baseline: baseline / 1000, unit: 'µs', goal });
  }
  const [bare, ours] = serverCpu.map(median);
  process.send({ what: 'the Redis server, for the same calls', subject: ours, baseline: bare, unit: 'µs', goal: '' });
  redis.disconnect();
  await latchkey.close();
  await server.stop();
}

async function repeat(job, { operations, atOnce }) {
  let left = operations;
  const worker = async () => {
    while (left-- > 0) await job();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** What the server has used so far, in microseconds. */
async function cpuOf(redis) {
  const info = await redis.info('cpu');
  return ['user', 'sys'].reduce((sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)[1]) * 1e6, 0);
}
