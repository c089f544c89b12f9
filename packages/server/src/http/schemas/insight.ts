/** What operators look into keys, tiers and usage with. */
import { z } from '@hono/zod-openapi';
import { BOUNDS, LIMIT_ALGORITHMS } from 'latchkey';
import { cluster } from './cluster.js';
import { behindMs } from './usage.js';
import {
  cost,
  environmentName,
  instant,
  instantInput,
  integerParameter,
  limit,
  limitInputs,
  propagation,
  reason,
  resource,
  scopes,
} from './values.js';

const count = z.number().int();
const keyId = z.string().regex(/^key_[0-9A-Za-z]{1,32}$/, 'Use the id of a key.');

export const explainKeyBody = z
  .strictObject({
    environment: environmentName.optional(),
    scopes: scopes.optional(),
    ip: z.string().nullable().optional(),
    cost: cost.optional(),
    resource: resource.optional(),
  })
  .openapi('ExplainKey', { example: { scopes: ['articles:read'], ip: '203.0.113.9' } });

const standing = z
  .object({
    name: z.string(),
    limit: count,
    remaining: count,
    resetAt: instant,
    algorithm: z.enum(LIMIT_ALGORITHMS),
    windowMs: count,
    burst: count.optional(),
    of: z.enum(['key', 'tier', 'owner']).openapi({ description: 'Where the limit comes from.' }),
  })
  .openapi('LimitStanding');

export const keyLimits = z
  .object({
    limits: z.array(standing),
    credits: z.object({ remaining: count, nextRefillAt: instant.nullable() }).nullable(),
    degraded: z.boolean(),
  })
  .openapi('KeyLimits');

export const revokeKeysBody = z
  .strictObject({
    ids: z.array(keyId).min(1).max(BOUNDS.keysPerCall),
    reason: reason.nullish(),
  })
  .openapi('RevokeKeys', { example: { ids: ['key_4Yk2nQ8vT1xW7zB3'], reason: 'unused for a year' } });

export const revokedKeys = z
  .object({
    results: z.array(
      z.object({
        id: z.string(),
        revoked: z.boolean().openapi({ description: 'Whether this call revoked it.' }),
        code: z.enum(['not_found', 'already_revoked', 'forbidden']).optional(),
      }),
    ),
    propagation,
  })
  .openapi('RevokedKeys', { description: 'What became of each, in the order asked. All is one change.' });

const spanQuery = { from: instantInput.optional(), until: instantInput.optional() };

export const usageByKeyQuery = z.strictObject({
  keys: z
    .string()
    .transform((text) => text.split(','))
    .openapi({ type: 'string', description: 'Ids of 1 to 100 keys, separated by commas.' }),
  ...spanQuery,
  by: z.enum(['hour', 'day']).optional(),
});

export const usageByKey = z
  .object({
    from: instant,
    until: instant,
    by: z.enum(['hour', 'day']),
    behindMs,
    data: z.array(z.object({ key: z.string(), total: count, points: z.array(z.object({ start: instant, valid: count, refused: count })) })),
  })
  .openapi('UsageByKey', { description: 'Every hour or day of the span has a point.' });

export const busiestQuery = z.strictObject({
  ...spanQuery,
  limit: integerParameter({ min: 1, max: BOUNDS.keysPerCall, description: 'How many keys; by default 10.' }).optional(),
});

export const busiestKeys = z
  .object({
    from: instant,
    until: instant,
    behindMs,
    data: z.array(
      z.object({
        key: z.object({ id: z.string(), name: z.string(), owner: z.string(), hint: z.string(), environment: z.string() }),
        total: count,
        valid: count,
        refused: count,
      }),
    ),
    complete: z.boolean().openapi({ description: 'Whether it is certain that no other key was busier than the last of these.' }),
  })
  .openapi('BusiestKeys');

export const overview = z
  .object({
    asOf: instant.openapi({ description: 'When this was counted: some seconds ago at most.' }),
    keys: z.object({
      total: count,
      active: count,
      disabled: count,
      revoked: count,
      expired: count,
      scheduled: count,
      suspended: count,
    }),
    countedUpTo: count.openapi({
      description:
        'Keys that need attention (`expiring`, `neverUsed`, `unusedFor90d`) are counted up to this number: so many means as many or more. The other counts are exact.',
    }),
    expiring: z.object({ within30d: count, within7d: count }),
    neverUsed: count,
    unusedFor90d: count,
    owners: count,
    tiers: count,
    verifications24h: z
      .object({ total: count, byCode: z.record(z.string(), count) })
      .nullable()
      .openapi({ description: 'Null for an operator token without `usage:read`.' }),
    cluster: z.union([cluster, z.null()]).openapi({
      description: 'The nodes as they are now, whenever the rest was counted; null for an operator token without `cluster:read`.',
    }),
  })
  .openapi('Overview');

export const previewTierBody = z
  .strictObject({ limits: limitInputs })
  .openapi('PreviewTier', { example: { limits: [{ name: 'daily', limit: 1000, window: '1d', algorithm: 'fixed-window' }] } });

export const tierPreview = z
  .object({
    keys: count,
    looked: count.openapi({ description: 'How many keys were looked at: the most recently used, 1 000 at most.' }),
    over: z.array(
      z.object({
        key: z.object({ id: z.string(), name: z.string(), owner: z.string() }),
        limit: z.string(),
        used: count,
        allowed: count,
      }),
    ),
    changes: z.array(z.object({ name: z.string(), before: z.union([limit, z.null()]), after: z.union([limit, z.null()]) })),
  })
  .openapi('TierPreview');

export const attentionQuery = {
  expiresWithin: durationParameter('Keys, neither revoked nor expired, that expire so soon; the soonest first.', '30d'),
  unusedFor: durationParameter('Keys, neither revoked nor expired, that nobody used for so long; those idle longest first.', '90d'),
  neverUsed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({ type: 'boolean', description: 'Keys, neither revoked nor expired, that were never used.' }),
};

function durationParameter(description: string, example: string) {
  return z.string().optional().openapi({ description, example });
}
