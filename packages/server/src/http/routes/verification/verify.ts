/** The routes that verify tokens. The engine reads the requests. */
import { BOUNDS, type CallContext, InvalidInputError, type Verdict } from 'latchkey';
import { checkInput } from 'latchkey/internal';
import { callAt, operationOf, operatorEndpoint } from '../../endpoints/contract-endpoints.js';
import type { Services } from '../../endpoints/services.js';
import { verdictJson } from '../../endpoints/verdict-json.js';
import { jsonText } from '../../exchange/answer.js';

const tag = 'Verification';

const { call: one, address: toVerify } = callAt('verification', 'verify');
const { call: many, address: toVerifyBatch } = callAt('verification', 'verifyBatch');

const { input: question = {} } = one;
const { input: questions = {} } = many;

export const verifyKey = operatorEndpoint(operationOf(one, toVerify, tag), async ({ services, exchange, body, context }) => {
  const found = await verify(services, body, context);
  exchange.keyId = found.key?.id ?? null;
  return jsonText(200, verdictJson(found));
});

const verifyKeys = operatorEndpoint(operationOf(many, toVerifyBatch, tag), async ({ services, body, context }) => {
  const results: string[] = [];
  for (const [index, request] of requestsOf(body).entries()) {
    results.push(verdictJson(await verify(services, request, context).catch((error: unknown) => rethrow(error, `/requests/${index}`))));
  }
  return jsonText(200, `{"results":[${results.join(',')}]}`);
});

export const verifyEndpoints = [verifyKey, verifyKeys];

/** The body is the request of the engine with the token added. Rejects with an InvalidInputError. */
async function verify({ latchkey }: Services, body: unknown, context: CallContext): Promise<Verdict> {
  const { token, ...request } = isObject(body) ? body : {};
  // It lists every problem, that of the token among them.
  if (typeof token !== 'string') checkInput(question, body);
  return latchkey.verify(String(token), request, context);
}

function requestsOf(body: unknown): readonly unknown[] {
  const { requests, ...others } = isObject(body) ? body : {};
  const isList = Array.isArray(requests) && requests.length >= 1 && requests.length <= BOUNDS.keysPerCall;
  if (!isList || Object.keys(others).length > 0) checkInput(questions, body);
  return requests as readonly unknown[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rethrow(error: unknown, prefix: string): never {
  if (!(error instanceof InvalidInputError)) throw error;
  throw new InvalidInputError(error.issues.map(({ pointer, message }) => ({ pointer: prefix + pointer, message })));
}
