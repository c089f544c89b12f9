import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startRedis, startRedisCluster, type RedisServer } from '../../../../../tools/services/redis.js';
import { startTcpProxy, type TcpProxy } from '../../../../../tools/services/tcp-proxy.js';
import { createLatchkey, type Latchkey, type LatchkeyOptions, type Notice, type Verdict } from '../../../src/index.js';
import { createTestClock } from '../../../src/testing/test-clock.js';
import { PATIENT_MS, until } from './test-redis.js';

const LIMITS = [{ name: 'yearly', limit: 10, window: '366d' }] as const;

let undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.toReversed()) await step();
  undo = [];
});

async function redisServer(): Promise<RedisServer> {
  const server = await startRedis();
  undo.push(async () => server.stop());
  return server;
}

async function proxyTo(server: RedisServer): Promise<TcpProxy> {
  const proxy = await startTcpProxy(server);
  undo.push(async () => proxy.dispose());
  return proxy;
}

/** An engine that counts in that Redis, and a key with a limit of ten a year. */
async function open(port: number, options: LatchkeyOptions = {}) {
  const notices: Notice[] = [];
  const url = `redis://127.0.0.1:${port}`;
  const latchkey = await createLatchkey({
    database: ':memory:',
    limiterTimeoutMs: PATIENT_MS,
    redis: url,
    onNotice: (notice) => void notices.push(notice),
    ...options,
  });
  undo.push(async () => latchkey.close());
  const token = await issue(latchkey);
  return { latchkey, notices, token, codes: () => notices.map(({ code }) => code), verify: async () => latchkey.verify(token) };
}

async function issue(latchkey: Latchkey, owner = 'ada', credits?: { readonly remaining: number }): Promise<string> {
  const { token } = await latchkey.keys.create({ name: 'a key', owner, limits: LIMITS, ...(credits && { credits }) });
  return token?.reveal() ?? '';
}

const counted = (verdict: Verdict): boolean => verdict.valid && !verdict.degraded;
const short = (verdict: Verdict): string => `${verdict.code}${verdict.degraded ? ', degraded' : ''}`;

describe.skipIf(!hasRedis())('Redis killed in the middle', () => {
  it('leaves every call answered, says once that it is out and once that it is back, and begins limits afresh', async () => {
    const server = await redisServer();
    const { verify, codes, latchkey } = await open(server.port);
    const first = await Promise.all(Array.from({ length: 4 }, verify));
    expect(first.every(counted)).toBe(true);
    const calls = Array.from({ length: 200 }, verify);
    server.kill();
    const answers = await Promise.all(calls);
    const known = ['valid', 'rate_limited', 'unavailable, degraded'];
    for (const answer of answers) expect(known).toContain(short(answer));
    await until('refused', async () => (await verify()).code === 'unavailable');
    const failures = latchkey.stats().limiterFailures;
    for (let call = 0; call < 5; call++) expect(short(await verify())).toBe('unavailable, degraded');
    expect(latchkey.stats().limiterFailures).toBe(failures + 5);
    expect(codes()).toEqual(['limiter_out']);
    await server.restart();
    await until('counted again', async () => counted(await verify()));
    expect(await verify()).toMatchObject({ valid: true, degraded: false, limits: [{ remaining: 8 }] });
    expect(codes()).toEqual(['limiter_out', 'limiter_back']);
  });

  it.each([
    { policy: 'deny', expected: ['unavailable, degraded', 'unavailable, degraded', 'unavailable, degraded', 'unavailable, degraded'] },
    { policy: 'allow', expected: ['valid, degraded', 'valid, degraded', 'valid, degraded', 'valid, degraded'] },
    { policy: 'local', expected: ['valid, degraded', 'valid, degraded', 'valid, degraded', 'rate_limited, degraded'] },
  ] as const)('answers by policy: $policy', async ({ policy, expected }) => {
    const server = await redisServer();
    const { verify, notices } = await open(server.port, { onLimiterFailure: policy, nodes: 4 });
    for (let call = 0; call < 8; call++) await verify();
    server.kill();
    const answers: string[] = [];
    for (let call = 0; call < 4; call++) answers.push(short(await verify()));
    expect(answers).toEqual(expected);
    const meanwhile = {
      deny: 'calls with limits are refused',
      allow: 'calls pass without being counted',
      local: 'each node counts by itself',
    };
    expect(notices[0]?.message).toContain(meanwhile[policy]);
    await server.restart();
    await until('counted again', async () => counted(await verify()));
  });

  it('counts in no other database while the one of the URL cannot be selected, and goes on there afterwards', async () => {
    const { port } = await redisServer();
    const admin = new Redis(port);
    undo.push(async () => admin.disconnect());
    await admin.acl('SETUSER', 'limiter', 'on', 'nopass', '~*', '+@all');
    const { verify } = await open(port, { redis: `redis://limiter:any@127.0.0.1:${port}/9` });
    expect(counted(await verify())).toBe(true);
    await admin.acl('SETUSER', 'limiter', '-select');
    await admin.client('KILL', 'USER', 'limiter');
    await until('connected again', async () => String(await admin.client('LIST')).includes('user=limiter'));
    for (let call = 0; call < 20; call++) expect(short(await verify())).toBe('unavailable, degraded');
    expect(await admin.dbsize()).toBe(0);
    await admin.acl('SETUSER', 'limiter', '+select');
    await until('counted again', async () => counted(await verify()));
    expect(await verify()).toMatchObject({ limits: [{ remaining: 7 }] });
  });

  it('is told by a dry run, which goes by the same policy', async () => {
    const server = await redisServer();
    const { latchkey, token } = await open(server.port, { onLimiterFailure: 'allow' });
    server.kill();
    const verdict = await latchkey.verify(token, { dryRun: true });
    expect(verdict).toMatchObject({ valid: true, degraded: true });
    expect(verdict.steps?.find(({ step }) => step === 'limits')?.detail).toContain('cannot be counted as usual');
  });

  it('touches no key without limits', async () => {
    const server = await redisServer();
    const { latchkey } = await open(server.port);
    const { token } = await latchkey.keys.create({ name: 'free', owner: 'ada' });
    server.kill();
    expect(await latchkey.verify(token)).toMatchObject({ valid: true, degraded: false });
  });
});

describe.skipIf(!hasRedis())('Redis that hangs', () => {
  it('costs the first calls their time, all others nothing, and then one call at a time tries', async () => {
    const server = await redisServer();
    const proxy = await proxyTo(server);
    const clock = createTestClock(Date.now());
    const { verify, codes } = await open(proxy.port, { clock });
    expect(counted(await verify())).toBe(true);
    server.pause();
    const before = proxy.messages;
    const waiting = [verify(), verify(), verify()];
    await until('they have been sent', async () => proxy.messages > before);
    await clock.advance(PATIENT_MS);
    expect((await Promise.all(waiting)).map(short)).toEqual(Array.from({ length: 3 }, () => 'unavailable, degraded'));
    const sent = proxy.messages;
    for (let call = 0; call < 100; call++) expect(short(await verify())).toBe('unavailable, degraded');
    expect(proxy.messages).toBe(sent);

    await clock.advance(1_000);
    const [probe, ...others] = Array.from({ length: 50 }, verify);
    expect((await Promise.all(others)).map(short)).toEqual(Array.from({ length: 49 }, () => 'unavailable, degraded'));
    await until('the probe has been sent', async () => proxy.messages > sent);
    expect(proxy.messages).toBe(sent + 1);
    server.resume();
    expect(counted((await probe) as Verdict)).toBe(true);
    expect(counted(await verify())).toBe(true);
    expect(codes()).toEqual(['limiter_out', 'limiter_back']);
  });

  it('is connected to anew where the connection is dead', async () => {
    const proxy = await proxyTo(await redisServer());
    const { verify } = await open(proxy.port, { limiterTimeoutMs: 50 });
    await until('counted', async () => counted(await verify()));
    proxy.hold();
    await until('out', async () => (await verify()).code === 'unavailable');
    await until('given up', async () => proxy.open === 0);
    proxy.release();
    await until('counted again', async () => counted(await verify()));
  });
});

describe.skipIf(!hasRedis())('a connection that is cut', () => {
  it.each([
    { fault: 'cut-unanswered', remaining: 8, what: 'after the charge: it counts once' },
    { fault: 'cut', remaining: 9, what: 'before the charge: it does not count' },
  ] as const)('never leads to a second charge: $what', async ({ fault, remaining }) => {
    const proxy = await proxyTo(await redisServer());
    const { verify, latchkey } = await open(proxy.port);
    // So that the script is known there, and the one that is cut is the call itself.
    await latchkey.verify(await issue(latchkey, 'bob'));
    const met = proxy.failAt((message) => message.includes('evalsha'), fault);
    expect(short(await verify())).toBe('unavailable, degraded');
    await met;
    let verdict = await verify();
    await until('counted again', async () => counted(verdict) || !(verdict = await verify()).degraded);
    expect(verdict).toMatchObject({ valid: true, limits: [{ remaining }] });
  });

  it('does not change what a call without credits is told, though its limits cannot be given back', async () => {
    const proxy = await proxyTo(await redisServer());
    const { latchkey } = await open(proxy.port);
    const token = await issue(latchkey, 'ada', { remaining: 1 });
    expect(counted(await latchkey.verify(token))).toBe(true);
    expect((await latchkey.verify(token)).code).toBe('credits_exhausted');
    const met = proxy.failAt((message) => message.includes('refund'), 'cut');
    expect((await latchkey.verify(token)).code).toBe('credits_exhausted');
    await met;
  });
});

describe.skipIf(!hasRedis())('the start', () => {
  it('does not wait for a Redis that is out: it says so, goes by policy, and counts as soon as it is there', async () => {
    const server = await redisServer();
    server.kill();
    const { verify, notices } = await open(server.port, { onLimiterFailure: 'allow' });
    expect(notices.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^limits_warning Redis at 127\.0\.0\.1:\d+ does not answer: /),
    ]);
    expect(short(await verify())).toBe('valid, degraded');
    await server.restart();
    await until('counted', async () => counted(await verify()));
  });
});

describe.skipIf(!hasRedis())('one node of a cluster out', () => {
  it('leaves the owners of the others untouched', async () => {
    const cluster = await startRedisCluster(3);
    undo.push(async () => cluster.stop());
    const { latchkey, notices } = await open(0, { redis: cluster.url });
    const tokens = await Promise.all(Array.from({ length: 24 }, async (_, index) => issue(latchkey, `owner-${index}`)));
    const all = async (): Promise<string[]> => Promise.all(tokens.map(async (token) => short(await latchkey.verify(token))));
    expect(new Set(await all())).toEqual(new Set(['valid']));
    cluster.nodes[1]?.kill();
    await until('refused in part', async () => (await all()).includes('unavailable, degraded'));
    const before = await all();
    const untouched = before.filter((answer) => answer === 'valid').length;
    expect(untouched).toBeGreaterThan(6);
    expect(untouched).toBeLessThan(24);
    for (let round = 0; round < 3; round++) expect(await all()).toEqual(before);
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining(`Redis at 127.0.0.1:${cluster.nodes[1]?.port}`)]);
  });
});
