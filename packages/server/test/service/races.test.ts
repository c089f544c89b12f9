/** Real parallel calls on the running service: what must happen once happens once, and what ended has ended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type ServedFolder } from '../cli/command.js';
import { createAsk, parallel, type Ask, type Fields } from './ask.js';

/** In one run of the check; the nightly command has more. */
const REVOKED_KEYS = Number(process.env['LATCHKEY_CHANGES'] ?? 10);

let service: ServedFolder;
let ask: Ask;

beforeAll(async () => {
  service = await serve();
  ask = createAsk(service.url);
});
afterAll(async () => void (await service.stop()));

async function issue(input: Fields = {}): Promise<{ readonly id: string; readonly token: string; readonly secretId: string }> {
  const { status, json } = await ask('/v1/keys', { body: { name: 'raced', owner: 'racers', ...input } });
  expect(status).toBe(201);
  return { id: json['key'].id, token: json['token'], secretId: json['key'].secrets[0].id };
}

/** The code of the verdict. */
async function verify(token: string): Promise<string> {
  return (await ask('/v1/keys/verify', { body: { token } })).json['code'];
}

/** The same question as a proxy asks it; the status. */
async function forward(token: string): Promise<number> {
  const response = await fetch(`${service.url}/v1/forward-auth`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

function tally(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

describe('at one time', () => {
  it('8 verifications for 1 credit give exactly one success', async () => {
    for (let again = 0; again < 10; again++) {
      const { id, token } = await issue({ credits: { remaining: 1 } });
      expect(tally(await parallel(8, async () => verify(token)))).toEqual({ valid: 1, credits_exhausted: 7 });
      expect((await ask(`/v1/keys/${id}`)).json['credits'].remaining).toBe(0);
    }
  });

  it.each(['fixed-window', 'sliding-window', 'token-bucket'])(
    '400 calls on a limit of 50 (%s) admit exactly 50, over forward-auth and verify together',
    async (algorithm) => {
      const { token } = await issue({ limits: [{ name: 'calls', limit: 50, window: '366d', algorithm }] });
      const answers = await parallel(400, async (index) => (index % 2 === 0 ? forward(token) : verify(token)));
      const { 200: forwarded = 0, valid = 0, ...refused } = tally(answers);
      expect(forwarded + valid).toBe(50);
      expect(refused).toEqual({ 429: 200 - forwarded, rate_limited: 200 - valid });
    },
  );

  it('a limit that two keys share through their owner admits exactly what it says', async () => {
    const owner = 'sharing';
    await ask(`/v1/owners/${owner}`, { method: 'PATCH', body: { limits: [{ name: 'all', limit: 30, window: '366d' }] } });
    const keys = await parallel(2, async () => issue({ owner }));
    const answers = await parallel(100, async (index) => verify(keys[index % 2]?.token ?? ''));
    expect(tally(answers)).toEqual({ valid: 30, rate_limited: 70 });
  });

  it('of two rotations that name the same current secret, one wins and the other hears of it', async () => {
    for (let again = 0; again < 10; again++) {
      const { id, token, secretId } = await issue();
      const replies = await parallel(2, async () => ask(`/v1/keys/${id}/rotate`, { body: { currentSecretId: secretId } }));
      expect(tally(replies.map(({ status }) => status))).toEqual({ 200: 1, 409: 1 });
      expect(replies.find(({ status }) => status === 409)?.json['code']).toBe('rotated_meanwhile');
      const won = replies.find(({ status }) => status === 200)?.json ?? {};
      expect([await verify(token), await verify(won['token'])]).toEqual(['revoked', 'valid']);
      expect((await ask(`/v1/keys/${id}`)).json['secrets']).toHaveLength(2);
    }
  });

  it('creations never give an owner more keys than it may have', async () => {
    const owner = 'bounded';
    await ask(`/v1/owners/${owner}`, { method: 'PATCH', body: { maxKeys: 5 } });
    const replies = await parallel(40, async (index) => ask('/v1/keys', { body: { name: `key ${index}`, owner } }));
    expect(tally(replies.map(({ status, json }) => json['code'] ?? status))).toEqual({ 201: 5, too_many_keys: 35 });
    expect((await ask(`/v1/owners/${owner}`)).json['keys']).toEqual({ total: 5, live: 5 });
    const [made] = replies.filter(({ status }) => status === 201);
    await ask(`/v1/keys/${made?.json['key'].id}/revoke`, { body: {} });
    const again = await parallel(10, async (index) => ask('/v1/keys', { body: { name: `more ${index}`, owner } }));
    expect(tally(again.map(({ status }) => status))).toEqual({ 201: 1, 409: 9 });
  });

  it('creations with one idempotency key make one key and answer it to all', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const replies = await parallel(20, async () => ask('/v1/keys', { body: { name: 'once', owner: 'repeaters' }, headers }));
    expect(tally(replies.map(({ status }) => status))).toEqual({ 201: 20 });
    expect(new Set(replies.map(({ json }) => json['token'])).size).toBe(1);
    expect((await ask('/v1/keys?owner=repeaters')).json['data']).toHaveLength(1);
  });
});

describe('once it has been answered', () => {
  /** 20 clients that never pause; each goes on until two of its calls began after the end was answered. */
  async function hammer(token: string, end: () => Promise<unknown>) {
    let answered = false;
    const seen = { before: [] as unknown[], after: [] as unknown[] };
    let isKnown = (): void => undefined;
    const known = new Promise<void>((resolve) => (isKnown = resolve));
    const clients = parallel(20, async (index) => {
      for (let late = 0; late < 2;) {
        const begunAfter = answered;
        const answer = index % 4 === 0 ? await forward(token) : await verify(token);
        (begunAfter ? seen.after : seen.before).push(answer);
        if (begunAfter) late++;
        if (seen.before.length === 20) isKnown();
      }
    });
    // Every door has the key in its cache by now, and calls are under way.
    await known;
    await end();
    answered = true;
    await clients;
    return seen;
  }

  it('no verification that begins after a revocation finds the key valid', async () => {
    for (let key = 0; key < REVOKED_KEYS; key++) {
      const { id, token } = await issue();
      const { before, after } = await hammer(token, async () => ask(`/v1/keys/${id}/revoke`, { body: {} }));
      expect(before).toContain('valid');
      expect(tally(after)).toEqual({ revoked: 30, 401: 10 });
    }
  });

  it.each([
    ['a disabling', '/v1/keys/{id}/disable', 'disabled'],
    ['a rotation without grace', '/v1/keys/{id}/rotate', 'revoked'],
    ['the suspension of its owner', '/v1/owners/{owner}/suspend', 'owner_suspended'],
    ['the end of all keys of its owner', '/v1/owners/{owner}/revoke-all', 'revoked'],
  ])('nor one that begins after %s', async (_, path, code) => {
    for (let key = 0; key < 5; key++) {
      const owner = `owner-${crypto.randomUUID()}`;
      const { id, token } = await issue({ owner });
      const { before, after } = await hammer(token, async () => ask(path.replace('{id}', id).replace('{owner}', owner), { body: {} }));
      expect(before).toContain('valid');
      expect(tally(after)).toEqual({ [code]: 30, 401: 10 });
    }
  });
});
