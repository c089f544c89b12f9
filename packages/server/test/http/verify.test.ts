import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const verify = async (body: unknown) => service.admin('POST', '/v1/keys/verify', body);

describe('POST /v1/keys/verify', () => {
  it('answers 200 with the verdict, its times as ISO 8601', async () => {
    const { id, token } = await service.issue({
      scopes: ['a:read'],
      expiresAt: '2027-01-01T00:00:00Z',
      limits: [{ name: 'daily', limit: 5, window: '1d' }],
      credits: { remaining: 3 },
      metadata: { plan: 'yearly' },
    });
    const { status, json, headers } = await verify({ token, scopes: ['a:read'], ip: '203.0.113.9', userAgent: 'curl' });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(json).toMatchObject({
      valid: true,
      code: 'valid',
      key: {
        id,
        owner: 'team-7',
        tier: null,
        environment: 'live',
        scopes: ['a:read'],
        metadata: { plan: 'yearly' },
        expiresAt: '2027-01-01T00:00:00.000Z',
      },
      limits: [{ name: 'daily', limit: 5, remaining: 4, resetAt: '2026-06-02T00:00:00.000Z', algorithm: 'fixed-window' }],
      credits: 2,
      degraded: false,
    });
  });

  it('answers 200 with the precise code of a refusal, to whom may know', async () => {
    const { id, token } = await service.issue();
    await service.admin('POST', `/v1/keys/${id}/disable`);
    const { status, json } = await verify({ token });
    expect([status, json?.['valid'], json?.['code'], json?.['key'].id]).toEqual([200, false, 'disabled', id]);
    expect((await verify({ token: '' })).json).toMatchObject({ valid: false, code: 'missing', key: null });
    expect((await verify({ token: 'x'.repeat(10_000) })).json).toMatchObject({ code: 'malformed' });
    expect((await verify({ token: 'nonsense' })).json).toMatchObject({ code: 'malformed' });
  });

  it('tells in milliseconds when to come back, and which scopes are lacking', async () => {
    const { token } = await service.issue({ limits: [{ name: 'minute', limit: 1, window: '1m' }], scopes: ['a:read'] });
    await verify({ token });
    expect((await verify({ token })).json).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000, limits: [{ remaining: 0 }] });
    expect((await verify({ token, scopes: ['b:read'] })).json).toMatchObject({ code: 'insufficient_scope', missingScopes: ['b:read'] });
  });

  it('explains a dry run step by step and charges nothing', async () => {
    const { token } = await service.issue({ limits: [{ name: 'minute', limit: 1, window: '1m' }] });
    const dry = await verify({ token, dryRun: true });
    expect(dry.json?.['steps'].length).toBeGreaterThan(5);
    expect((await verify({ token })).json?.['valid']).toBe(true);
  });

  it('refuses a request that is none, by the field, without repeating the token', async () => {
    const { token } = await service.issue();
    for (const [body, pointer] of [
      [{}, '/token'],
      [{ token, cost: -1 }, '/cost'],
      [{ token, cost: 1.5 }, '/cost'],
      [{ token, scope: 'a:read' }, '/scope'],
      [{ token, scopes: 'a:read' }, '/scopes'],
      [{ token, scopes: ['nonsense'] }, '/scopes/0'],
      [{ token, limits: [{ name: 'x' }] }, '/limits/0/limit'],
      [{ token: 1 }, '/token'],
      [[], ''],
    ] as const) {
      const { status, json, text } = await verify(body);
      expect([status, json?.['code'], json?.['errors']?.[0]?.pointer], JSON.stringify(body)).toEqual([400, 'invalid_input', pointer]);
      expect(text).not.toContain(token);
    }
  });
});

describe('POST /v1/keys/verify-batch', () => {
  it('answers the verdicts in the order of the requests', async () => {
    const one = await service.issue();
    const other = await service.issue();
    const { json } = await service.admin('POST', '/v1/keys/verify-batch', {
      requests: [{ token: other.token }, { token: 'nonsense' }, { token: one.token, scopes: ['a:read'] }],
    });
    expect(json?.['results'].map((result: { code: string; key: { id: string } | null }) => [result.code, result.key?.id])).toEqual([
      ['valid', other.id],
      ['malformed', undefined],
      ['insufficient_scope', one.id],
    ]);
  });

  it('admits of one key no more than its limit, within one batch', async () => {
    const { token } = await service.issue({ limits: [{ name: 'minute', limit: 3, window: '1m' }] });
    const { json } = await service.admin('POST', '/v1/keys/verify-batch', { requests: Array.from({ length: 100 }, () => ({ token })) });
    expect(json?.['results'].filter((result: { valid: boolean }) => result.valid)).toHaveLength(3);
  });

  it('takes 1 to 100 requests, and names the one that is not acceptable', async () => {
    const send = async (requests: unknown[]) => service.admin('POST', '/v1/keys/verify-batch', { requests });
    expect((await send([])).status).toBe(400);
    expect((await send(Array.from({ length: 101 }, () => ({ token: 'x' })))).json?.['errors'][0].pointer).toBe('/requests');
    expect((await send([{ token: 'x' }, { token: 'x', scopes: ['nonsense'] }])).json?.['errors'][0].pointer).toBe('/requests/1/scopes/0');
  });
});
