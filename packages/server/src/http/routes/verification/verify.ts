import { type CallContext, InvalidInputError, type Verdict } from 'latchkey';
import type { z } from '@hono/zod-openapi';
import { endpoint } from '../../endpoints/endpoint.js';
import type { Services } from '../../endpoints/services.js';
import { jsonText } from '../../exchange/answer.js';
import { verdict, verdicts, verifyBatchBody, verifyBody } from '../../schemas/verify.js';
import { verdictJson } from '../../endpoints/verdict-json.js';

const tag = 'Verification';

export const verifyKey = endpoint(
  {
    method: 'post',
    path: '/v1/keys/verify',
    id: 'verifyKey',
    tag,
    summary: 'Verify a token',
    description:
      'Answers 200 for every outcome: whether the token is good is in the verdict. A denied call charges nothing. For an operator token that is bound, a key outside its bounds is `not_found`.',
    scope: 'keys:verify',
    body: verifyBody,
    answers: { 200: { description: 'The verdict', schema: verdict } },
  },
  async ({ services, exchange, body, context }) => {
    const found = await verify(services, body, context);
    exchange.keyId = found.key?.id ?? null;
    return jsonText(200, verdictJson(found));
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
  async ({ services, body, context }) => {
    const results: string[] = [];
    for (const [index, request] of body.requests.entries()) {
      results.push(verdictJson(await verify(services, request, context).catch((error: unknown) => rethrow(error, `/requests/${index}`))));
    }
    return jsonText(200, `{"results":[${results.join(',')}]}`);
  },
);

export const verifyEndpoints = [verifyKey, verifyKeys];

/** What is asked is all in the body, beside the token, which the engine does not look for there. */
function verify({ latchkey }: Services, body: z.output<typeof verifyBody>, context: CallContext): Promise<Verdict> {
  const { token, ...request } = body;
  return latchkey.verify(token, request, context);
}

function rethrow(error: unknown, prefix: string): never {
  if (!(error instanceof InvalidInputError)) throw error;
  throw new InvalidInputError(error.issues.map(({ pointer, message }) => ({ pointer: prefix + pointer, message })));
}
