import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createLogger } from '../../src/telemetry/logger.js';
import { createScrubber, scrubTokens } from '../../src/telemetry/scrub.js';
import { ADMIN, ADMIN_KEY, nodeEnv, openService } from '../http/service.js';

function capture(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', secrets, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, text: () => lines.join('') };
}

const TOKEN = `acme_live_${'aB3'.repeat(15)}WXYZ`;

describe('the log', () => {
  it('has of a request the method, route, status, duration, id, key and address, and nothing else', async () => {
    const { logger, lines } = capture();
    const service = await openService({ log: logger });
    const { id, token } = await service.issue();
    await service.call('POST', '/v1/keys/verify', {
      headers: ADMIN,
      body: { token },
      env: nodeEnv('203.0.113.9', ['X-Admin-Key', ADMIN_KEY]),
    });
    await service.admin('GET', `/v1/keys/${id}?api_key=${token}`);
    const [verified, refused] = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ route }) => route !== '/openapi.json');
    expect(verified).toEqual({
      level: 'info',
      time: expect.any(String),
      msg: 'request',
      method: 'POST',
      route: '/v1/keys/verify',
      status: 200,
      durationMs: 0,
      requestId: expect.any(String),
      keyId: id,
      address: '203.0.113.9',
    });
    expect(refused).toMatchObject({ route: '/v1/keys/{id}', status: 400 });
    await service.close();
  });

  it('has no token, admin key or Authorization header in it, whatever happens', async () => {
    const { logger, text } = capture([ADMIN_KEY]);
    const service = await openService({ log: logger });
    const { id, token } = await service.issue();
    const operator = await service.operator('keys:read');
    for (const headers of [
      {},
      ADMIN,
      { 'x-admin-key': token },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${operator}` },
    ]) {
      for (const [method, path, body] of [
        ['POST', '/v1/keys', { name: token, owner: 'x', [token]: token }],
        ['POST', '/v1/keys', `{"broken":"${token}`],
        ['POST', '/v1/keys/verify', { token }],
        ['POST', `/v1/keys/${id}/rotate`, { grace: '1h' }],
        ['GET', `/v1/keys?search=${token}`],
        ['GET', `/v1/keys/${token}`],
        ['GET', `/${token}?api_key=${token}`],
        ['GET', `/v1/forward-auth?api_key=${token}`],
      ] as const) {
        await service.call(method, path, {
          headers,
          body,
          env: nodeEnv('203.0.113.9', Object.entries({ ...headers, 'x-request-id': token }).flat()),
        });
      }
    }
    await service.latchkey.close();
    await service.admin('POST', '/v1/keys', { name: 'ordinary', owner: 'x' });
    expect(text()).toContain('request failed');
    for (const secret of [token, operator, ADMIN_KEY, 'Bearer']) expect(text()).not.toContain(secret);
  });

  it('leaves of a token its hint, wherever in a line it stands', () => {
    const { logger, text } = capture(['pepper "with" quotes']);
    logger.error({ err: new Error(`cannot read ${TOKEN} of ${TOKEN}`) }, `said ${TOKEN}`);
    logger.info({ nested: { deep: [`Authorization: Bearer abc.def`, `pepper "with" quotes`] } });
    logger.info({ token: 'x1', authorization: 'x2', req: { headers: { cookie: 'x3' } }, adminKey: 'x4', user: { password: 'x5' } });
    expect(text()).not.toContain(TOKEN);
    expect(text()).toContain('acme_live_…WXYZ');
    expect(text()).not.toMatch(/abc\.def|pepper|x[1-5]/);
    for (const line of text().trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('scrubs whatever is a token in whatever text, and leaves other text as it is', () => {
    const base62 = fc.stringMatching(/^[0-9A-Za-z]{49}$/);
    fc.assert(
      fc.property(fc.string(), base62, fc.constantFrom('', ' ', '"', '\\n', '/'), (before, random, after) => {
        const clean = scrubTokens(`${before} lk_live_${random}${after}`);
        expect(clean).not.toContain(random);
        expect(clean.endsWith(`…${random.slice(-4)}${after}`)).toBe(true);
      }),
    );
    for (const text of [
      'key_uyvMsT3eRl6AgsTM',
      'a'.repeat(200),
      'request_id_of_something',
      '198c9bd0ce44c8d251ad6dd8cbc0e831d9645cbdd6e207b25d4c3e3a52f9c01c',
    ]) {
      expect(createScrubber([])(text)).toBe(text);
    }
  });

  it('scrubs a long text in time that grows with its length', () => {
    const hostile = 'a_'.repeat(50_000) + 'A'.repeat(50_000);
    expect(createScrubber(['x'])(hostile)).toHaveLength(hostile.length);
  });
});
