import { z } from '@hono/zod-openapi';
import { BOUNDS, LIMIT_ALGORITHMS, REFUSAL_CODES } from 'latchkey';
import { bounds, cost, environmentName, instant, limitInputs, metadata, resource, scopes } from './values.js';

export const verifyBody = z
  .strictObject({
    token: z.string().openapi({ description: 'What the caller presented.' }),
    environment: environmentName.optional().openapi({ description: 'The environment that the key must be of.' }),
    scopes: scopes.optional().openapi({ description: 'Scopes that the key must hold, all of them.' }),
    anyScope: scopes.min(1).optional().openapi({ description: 'Scopes of which the key must hold at least one.' }),
    ip: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: "The caller's address; null where it cannot be read.", example: '203.0.113.9' }),
    userAgent: z.string().optional().openapi({ description: 'What the caller says that it is; the first 256 characters are kept.' }),
    cost: cost.optional(),
    limits: limitInputs.optional().openapi({ description: 'Limits beyond those of tier, key and owner.' }),
    resource: resource.optional().openapi({ description: 'What is asked for; the limits of this call are counted apart for each.' }),
    dryRun: z.boolean().optional().openapi({ description: 'Explain the verdict step by step, charging nothing.' }),
  })
  .openapi('Verify', { example: { token: 'acme_live_…', scopes: ['articles:read'] } });

export const verifyBatchBody = z.strictObject({ requests: z.array(verifyBody).min(1).max(BOUNDS.keysPerCall) }).openapi('VerifyBatch');

const verifiedKey = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string(),
    tier: z.string().nullable(),
    environment: z.string(),
    scopes: z.array(z.string()),
    metadata,
    expiresAt: instant.nullable(),
    bounds: bounds.optional().openapi({ description: 'Only of an operator token that is bound.' }),
  })
  .openapi('VerifiedKey');

const reading = z
  .object({
    name: z.string(),
    limit: z.number().int(),
    remaining: z.number().int(),
    resetAt: instant,
    algorithm: z.enum(LIMIT_ALGORITHMS),
    windowMs: z.number().int(),
  })
  .openapi('LimitReading');

const steps = z.array(z.object({ step: z.string(), passed: z.boolean(), detail: z.string() })).optional();

const accepted = z.object({
  valid: z.literal(true),
  code: z.literal('valid'),
  key: verifiedKey,
  secretId: z.string(),
  limits: z.array(reading),
  credits: z.number().int().nullable(),
  degraded: z.boolean(),
  steps,
});

const refused = z.object({
  valid: z.literal(false),
  code: z.enum(REFUSAL_CODES),
  message: z.string(),
  // `.nullable()` of a named schema is written down as something that is never null.
  key: z.union([verifiedKey, z.null()]),
  limits: z.array(reading).optional(),
  retryAfterMs: z.number().optional(),
  missingScopes: z.array(z.string()).optional(),
  missingAnyScope: z.array(z.string()).optional().openapi({ description: 'The scopes of `anyScope`, of which the key holds none.' }),
  degraded: z.boolean(),
  steps,
});

export const verdict = z
  .union([accepted, refused])
  .openapi('Verdict', { description: 'The outcome. A refusal is an answer like any other: the status is 200 for both.' });

export const verdicts = z.object({ results: z.array(verdict) }).openapi('Verdicts', { description: 'In the order of the requests.' });
