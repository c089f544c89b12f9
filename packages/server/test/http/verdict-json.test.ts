import fc from 'fast-check';
import { LIMIT_ALGORITHMS, REFUSAL_CODES, type JsonObject, type LimitReading, type Verdict, type VerifiedKey } from 'latchkey';
import { wireVerdict } from 'latchkey/edge';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { verdictJson } from '../../src/http/endpoints/verdict-json.js';
import { openService } from './service.js';

const instant = fc.integer({ min: 0, max: 253_402_300_799_999 });
const key: fc.Arbitrary<VerifiedKey> = fc.record({
  id: fc.constantFrom('key_1', 'key_2'),
  name: fc.string(),
  owner: fc.string(),
  tier: fc.option(fc.string()),
  environment: fc.string(),
  scopes: fc.array(fc.string()),
  metadata: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => value as JsonObject),
  expiresAt: fc.option(instant),
});
const reading: fc.Arbitrary<LimitReading> = fc.record({
  name: fc.string(),
  limit: fc.nat(),
  remaining: fc.integer(),
  resetAt: instant,
  algorithm: fc.constantFrom(...LIMIT_ALGORITHMS),
  windowMs: fc.nat(),
});
const accepted: fc.Arbitrary<Verdict> = fc.record(
  {
    valid: fc.constant(true as const),
    code: fc.constant('valid' as const),
    key,
    secretId: fc.string(),
    limits: fc.array(reading),
    credits: fc.option(fc.nat(), { nil: null }),
    degraded: fc.boolean(),
    steps: fc.constant([{ step: 'known', passed: true, detail: '' } as const]),
  },
  { requiredKeys: ['valid', 'code', 'key', 'secretId', 'limits', 'credits', 'degraded'] },
);
const refused: fc.Arbitrary<Verdict> = fc.record(
  {
    valid: fc.constant(false as const),
    code: fc.constantFrom(...REFUSAL_CODES),
    message: fc.string(),
    key: fc.option(key),
    degraded: fc.boolean(),
    limits: fc.array(reading),
    retryAfterMs: fc.nat(),
    missingScopes: fc.array(fc.string()),
  },
  { requiredKeys: ['valid', 'code', 'message', 'key', 'degraded'] },
);

describe('the JSON of a verdict', () => {
  it('says the same when it is written by hand, whatever the verdict and whatever was written before', () => {
    fc.assert(
      fc.property(fc.oneof(accepted, refused), (verdict) => {
        expect(JSON.parse(verdictJson(verdict))).toEqual(JSON.parse(JSON.stringify(wireVerdict(verdict))));
      }),
      runs(1_000),
    );
  });

  it('leaves out nothing of what the engine tells', async () => {
    const service = await openService();
    const { token } = await service.issue({
      limits: [{ name: 'day', limit: 5, window: '1d' }],
      credits: { remaining: 5 },
      expiresIn: '1d',
    });
    const verdict = await service.latchkey.verify(token);
    expect(JSON.parse(verdictJson(verdict))).toEqual(JSON.parse(JSON.stringify(wireVerdict(verdict))));
    await service.close();
  });

  it('tells at once of a change in the key, at the edge as well', async () => {
    const service = await openService();
    const { id, token } = await service.issue({ name: 'before', metadata: { a: 1 }, scopes: ['a:read'] });
    const names = async () => {
      const { json } = await service.admin('POST', '/v1/keys/verify', { token });
      const { headers } = await service.call('GET', '/v1/forward-auth', { headers: { authorization: `Bearer ${token}` } });
      return [json?.['key'].name, json?.['key'].metadata, headers.get('x-latchkey-key-name'), headers.get('x-latchkey-scopes')];
    };
    await names();
    expect(await names()).toEqual(['before', { a: 1 }, 'before', 'a:read']);
    await service.admin('PATCH', `/v1/keys/${id}`, { name: 'after' });
    expect(await names()).toEqual(['after', { a: 1 }, 'after', 'a:read']);
    await service.admin('PATCH', `/v1/keys/${id}`, { metadata: { a: 2 } });
    await service.admin('PATCH', `/v1/keys/${id}`, { scopes: ['b:read'] });
    expect(await names()).toEqual(['after', { a: 2 }, 'after', 'b:read']);
    await service.close();
  });
});
