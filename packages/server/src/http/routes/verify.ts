import { InvalidInputError, type LimitReading, type Verdict, type VerifiedKey } from 'latchkey';
import type { z } from '@hono/zod-openapi';
import { json } from '../answer.js';
import { endpoint } from '../endpoint.js';
import type { Services } from '../services.js';
import { verdict, verdicts, verifyBatchBody, verifyBody } from '../schemas/verify.js';

const tag = 'Verification';

const verifyKey = endpoint(
  {
    method: 'post',
    path: '/v1/keys/verify',
    id: 'verifyKey',
    tag,
    summary: 'Verify a token',
    description: 'Answers 200 for every outcome: whether the token is good is in the verdict. A denied call charges nothing.',
    scope: 'keys:verify',
    body: verifyBody,
    answers: { 200: { description: 'The verdict', schema: verdict } },
  },
  async ({ services, exchange, body }) => {
    const found = await verify(services, body);
    exchange.keyId = found.key?.id ?? null;
    return json(200, wireVerdict(found));
  },
);

const verifyKeys = endpoint(
  {
    method: 'post',
    path: '/v1/keys/verify-batch',
    id: 'verifyKeys',
    tag,
    summary: 'Verify up to 100 tokens',
    description: 'One after the other, in order. When one of the requests is not acceptable, those before it have been charged.',
    scope: 'keys:verify',
    body: verifyBatchBody,
    answers: { 200: { description: 'The verdicts, in the order of the requests', schema: verdicts } },
  },
  async ({ services, body }) => {
    const results: unknown[] = [];
    for (const [index, request] of body.requests.entries()) {
      results.push(wireVerdict(await verify(services, request).catch((error: unknown) => rethrow(error, `/requests/${index}`))));
    }
    return json(200, { results });
  },
);

export const verifyEndpoints = [verifyKey, verifyKeys];

/** A verdict as it travels: times as ISO 8601. */
function wireVerdict(found: Verdict): unknown {
  const { key, limits, ...rest } = found;
  return { ...rest, key: key === null ? null : wireKey(key), ...(limits !== undefined && { limits: limits.map(wireReading) }) };
}

function verify({ latchkey }: Services, { token, ...request }: z.output<typeof verifyBody>): Promise<Verdict> {
  return latchkey.verify(token, request);
}

function rethrow(error: unknown, prefix: string): never {
  if (!(error instanceof InvalidInputError)) throw error;
  throw new InvalidInputError(error.issues.map(({ pointer, message }) => ({ pointer: prefix + pointer, message })));
}

function wireKey(key: VerifiedKey) {
  return { ...key, expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString() };
}

function wireReading(reading: LimitReading) {
  return { ...reading, resetAt: new Date(reading.resetAt).toISOString() };
}
