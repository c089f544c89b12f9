import { z } from '@hono/zod-openapi';
import { BOUNDS, KEY_STATUSES } from 'latchkey';
import { attentionQuery } from './insight.js';
import {
  bounds,
  cursor,
  duration,
  environmentName,
  instant,
  instantInput,
  ipRules,
  id,
  integer,
  limit,
  limitInputs,
  metadata,
  name,
  ownerId,
  pageSize,
  propagation,
  reason,
  scopes,
  search,
  tierName,
} from './values.js';

const balance = integer(0, BOUNDS.credits);

const refillInput = z.strictObject({
  amount: integer(1, BOUNDS.credits),
  mode: z.enum(['set', 'add']).optional().openapi({ description: '`set` (the default): back to the amount. `add`: so many more.' }),
  every: duration(BOUNDS.refillMs).openapi({
    description: 'A duration, or "month": on `day` of each calendar month, UTC.',
    example: 'month',
  }),
  day: integer(1, 31).optional(),
});

const creditsInput = z.strictObject({ remaining: balance, refill: refillInput.nullish() });

const updateCreditsInput = z.strictObject({
  remaining: balance.optional(),
  add: integer(-BOUNDS.credits, BOUNDS.credits)
    .optional()
    .openapi({ description: 'Added to what remains, which stays within its bounds: a sum that is too large is refused.' }),
  refill: refillInput.nullish(),
});

export const createKeyBody = z
  .strictObject({
    name,
    owner: ownerId,
    tier: tierName.nullish(),
    environment: environmentName.optional(),
    scopes: scopes.optional(),
    expiresAt: instantInput.nullish(),
    expiresIn: duration(1).optional(),
    notBefore: instantInput.nullish(),
    ipRules: ipRules.optional(),
    limits: limitInputs.optional(),
    credits: creditsInput.nullish(),
    metadata: metadata.optional(),
    bounds: bounds.optional(),
  })
  .openapi('CreateKey', { example: { name: 'CI of the shop', owner: 'team-7', scopes: ['articles:read'], expiresIn: '90d' } });

export const updateKeyBody = z
  .strictObject({
    name: name.optional(),
    tier: tierName.nullish(),
    scopes: scopes.optional(),
    expiresAt: instantInput.nullish(),
    expiresIn: duration(1).optional(),
    notBefore: instantInput.nullish(),
    ipRules: ipRules.optional(),
    limits: limitInputs.optional(),
    credits: updateCreditsInput.nullish(),
    metadata: metadata.optional(),
    bounds: bounds.optional(),
  })
  .openapi('UpdateKey', { description: 'Fields that are absent stay as they are.', example: { scopes: ['articles:read'] } });

export const rotateKeyBody = z
  .strictObject({
    grace: duration()
      .optional()
      .openapi({ description: 'How long the old token stays valid; by default it ends at once.', example: '24h' }),
    currentSecretId: id.optional().openapi({ description: 'Rotate only if this is still the current secret.' }),
  })
  .openapi('RotateKey', { example: { grace: '24h' } });

export const reasonBody = z.strictObject({ reason: reason.nullish() }).openapi('Reason', { example: { reason: 'leaked in a chat' } });

export const listKeysQuery = z.strictObject({
  owner: ownerId.optional(),
  tier: tierName.optional(),
  environment: environmentName.optional(),
  status: z.enum(KEY_STATUSES).optional(),
  search: search.optional().openapi({
    description:
      'A part of the name, a whole id, or a hint, whole or its last 4 characters. One or two characters are looked for among the first 50 000 keys of the list.',
  }),
  ...attentionQuery,
  limit: pageSize.optional(),
  cursor: cursor.optional(),
});

export const searchKeysBody = z
  .strictObject({
    search: search.openapi({ description: 'As for the list of keys, or a token: only its key is found.' }),
    owner: ownerId.optional(),
    tier: tierName.optional(),
    environment: environmentName.optional(),
    status: z.enum(KEY_STATUSES).optional(),
    expiresWithin: duration().optional(),
    unusedFor: duration(86_400_000).optional(),
    neverUsed: z.boolean().optional(),
    limit: integer(1, BOUNDS.pageSize).optional(),
    cursor: cursor.optional(),
  })
  .openapi('SearchKeys', { example: { search: 'CI of the shop', status: 'active' } });

export const secret = z
  .object({ id: z.string(), hint: z.string(), createdAt: instant, validUntil: instant.nullable(), lastUsedAt: instant.nullable() })
  .openapi('Secret', { description: 'What is shown of one token of a key.' });

const credits = z.object({
  remaining: z.number().int(),
  refill: z
    .object({ amount: z.number().int(), mode: z.enum(['set', 'add']), every: z.string(), day: z.number().int().optional() })
    .nullable(),
  nextRefillAt: instant.nullable(),
});

export const key = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.string(),
    tier: z.string().nullable(),
    environment: z.string(),
    scopes: z.array(z.string()),
    hint: z.string(),
    status: z.enum(KEY_STATUSES),
    createdAt: instant,
    createdBy: z.string(),
    notBefore: instant.nullable(),
    expiresAt: instant.nullable(),
    daysUntilExpiry: z.number().int().nullable(),
    lastUsedAt: instant.nullable(),
    lastUsedFrom: z.object({ address: z.string().nullable(), userAgent: z.string().nullable() }).nullable(),
    revokedAt: instant.nullable(),
    revokedBy: z.string().nullable(),
    revokedReason: z.string().nullable(),
    ipRules: z.array(z.string()),
    limits: z.array(limit),
    credits: credits.nullable(),
    metadata,
    bounds,
    secrets: z.array(secret),
  })
  .openapi('Key');

export const keyPage = z
  .object({
    data: z.array(key),
    nextCursor: z.string().nullable(),
    total: z
      .number()
      .int()
      .optional()
      .openapi({ description: 'How many keys the list has; on its first page alone, and only where that costs little to know.' }),
  })
  .openapi('KeyPage');
export const changedKey = z.object({ key, propagation }).openapi('ChangedKey');

export const issuedKey = z
  .object({
    key,
    token: z.string().nullable().openapi({ description: 'Shown this once. Null only in a repeated answer that can no longer show it.' }),
    tokenAlreadyShown: z.boolean().optional().openapi({ description: 'True where a repeated answer no longer shows the token.' }),
  })
  .openapi('IssuedKey');

export const rotatedKey = z.object({ ...issuedKey.shape, propagation }).openapi('RotatedKey');
