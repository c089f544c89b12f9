/**
 * The calls that verify tokens.
 *
 * The engine reads a request by a reader of its own (`engine/verify/verify-request.ts`), which costs nothing per call; a test
 * compares it with the shape here.
 */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import { LIMIT_ALGORITHMS } from '../../domain/limit.js';
import type { Call, CallsOf } from '../call.js';
import { REFUSAL_CODES } from '../errors/errors.js';
import { described, fields, list, nullable, nullish, optional } from '../shape.js';
import {
  anyScope,
  cost,
  count,
  environmentName,
  limitInputs,
  metadata,
  operatorBounds,
  resource,
  scopes,
  texts,
  time,
  timeOrNull,
} from '../values.js';

const request = {
  environment: optional(environmentName, {
    description: 'The environment that the key must be of.',
    option: { value: 'name', help: 'the environment that the key must be of' },
  }),
  scopes: optional(scopes, {
    description: 'Scopes that the key must hold, all of them.',
    option: { name: 'scope', value: 'scopes', help: 'a scope that the key must hold; may be repeated' },
  }),
  anyScope: optional(anyScope, {
    description: 'Scopes of which the key must hold at least one.',
    option: { value: 'scopes', help: 'scopes of which the key must hold one; may be repeated' },
  }),
  ip: nullish(v.string(), {
    description: "The caller's IP address; null where it cannot be read.",
    option: { value: 'address', help: "the caller's IP address" },
    example: '203.0.113.9',
  }),
  userAgent: optional(v.string(), { description: "The caller's user agent; its first 256 characters are kept." }),
  cost: optional(cost, { option: { value: 'number', help: 'what the call costs, in units and credits' } }),
  limits: optional(limitInputs, {
    description: 'Limits in addition to those of the tier, the key and the owner.',
    option: { name: 'limit', value: 'limit', help: 'a limit for this call' },
  }),
  resource: optional(resource, {
    option: { value: 'name', help: 'what is asked for: limits of this call count apart for each' },
  }),
  dryRun: optional(v.boolean(), {
    description: 'Explains the verdict step by step; charges and records nothing.',
    option: { help: 'explain step by step, and charge nothing' },
  }),
};

/** What a verification asks beside the token. */
export const verifyRequest = fields({ name: 'VerifyRequest', type: 'VerifyRequest', from: 'ports/verifier' }, request);

const question = fields(
  { name: 'Verify', example: { token: 'acme_live_…', scopes: ['articles:read'] }, type: 'BatchQuestion', from: 'ports/verifier' },
  { token: described(v.string(), { description: 'The token that the caller presented.' }), ...request },
);

const questions = fields(
  { name: 'VerifyBatch' },
  {
    requests: described(v.pipe(list(question, {}, BOUNDS.keysPerCall), v.minLength(1, `Give 1 to ${BOUNDS.keysPerCall} requests.`)), {
      json: { minItems: 1, maxItems: BOUNDS.keysPerCall },
    }),
  },
);

const verifiedKey = fields(
  { name: 'VerifiedKey' },
  {
    id: v.string(),
    name: v.string(),
    owner: v.string(),
    tier: nullable(v.string()),
    environment: v.string(),
    scopes: texts,
    metadata,
    expiresAt: timeOrNull,
    bounds: v.exactOptional(nullable(operatorBounds, { description: 'Only of an operator token that is bound.' })),
  },
);

const reading = fields(
  { name: 'LimitReading' },
  {
    name: v.string(),
    limit: count,
    remaining: count,
    resetAt: time,
    algorithm: v.picklist(LIMIT_ALGORITHMS),
    windowMs: count,
  },
);

const steps = v.exactOptional(list(fields({}, { step: v.string(), passed: v.boolean(), detail: v.string() })));

const accepted = fields(
  {},
  {
    valid: described(v.boolean(), { json: { const: true } }),
    code: v.picklist(['valid']),
    key: verifiedKey,
    secretId: v.string(),
    limits: list(reading),
    credits: nullable(count),
    degraded: v.boolean(),
    steps,
  },
);

const refused = fields(
  {},
  {
    valid: described(v.boolean(), { json: { const: false } }),
    code: v.picklist(REFUSAL_CODES),
    message: v.string(),
    key: nullable(verifiedKey),
    limits: v.exactOptional(list(reading)),
    retryAfterMs: v.exactOptional(v.number()),
    missingScopes: v.exactOptional(texts),
    missingAnyScope: v.exactOptional(described(texts, { description: 'The scopes of `anyScope`, of which the key holds none.' })),
    degraded: v.boolean(),
    steps,
  },
);

export const verdict = v.pipe(
  v.union([accepted, refused]),
  v.metadata({
    name: 'Verdict',
    description: 'The outcome of a verification. A refusal is an answer like any other: the status is 200 for both.',
    type: 'Verdict',
    from: 'domain/verdict',
  }),
);

const verdicts = fields({ name: 'Verdicts', description: 'In the order of the requests.' }, { results: list(verdict) });

export const VERIFICATION_CALLS: CallsOf<'verification'> = {
  verify: {
    id: 'verifyKey',
    summary: 'Verify a token',
    description:
      'Answers 200 for every outcome: the verdict says whether the token is good. A refused call charges nothing. For an operator token that is bound, a key outside its bounds is `not_found`.',
    scope: 'keys:verify',
    input: question,
    output: verdict,
    gives: 'The verdict',
    effect: 'reads',
  },
  verifyBatch: {
    id: 'verifyKeys',
    summary: 'Verify up to 100 tokens',
    description: 'One after the other, in order. If one of the requests is invalid, those before it have been charged.',
    scope: 'keys:verify',
    input: questions,
    output: verdicts,
    gives: 'The verdicts, in the order of the requests',
    effect: 'reads',
  },
};

/** The same call as `verify`, for those who take the token apart from the rest: it is no option of a command line. */
export const VERIFY_PRESENTED: Call = { ...VERIFICATION_CALLS.verify, input: verifyRequest };
