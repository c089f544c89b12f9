import { z } from '@hono/zod-openapi';
import { OWN_KEY_STATUSES } from 'latchkey';
import { secret } from './keys.js';
import {
  cursor,
  duration,
  environmentName,
  instant,
  instantInput,
  id,
  ipRules,
  name,
  pageSize,
  propagation,
  scopes,
  search,
  tierName,
} from './values.js';

export const createOwnKeyBody = z
  .strictObject({
    name,
    scopes: scopes.optional(),
    tier: tierName.optional(),
    environment: environmentName.optional(),
    expiresAt: instantInput.nullish(),
    expiresIn: duration(1).optional(),
    ipRules: ipRules.optional(),
  })
  .openapi('CreateOwnKey', { example: { name: 'CI of the shop', scopes: ['articles:read'], expiresIn: '90d' } });

export const updateOwnKeyBody = z
  .strictObject({
    name: name.optional(),
    ipRules: ipRules.optional().openapi({ description: 'Some of those that the key has, or any where it has none.' }),
  })
  .openapi('UpdateOwnKey', { description: 'Fields that are absent stay as they are.', example: { name: 'CI of the shop' } });

export const rotateOwnKeyBody = z
  .strictObject({
    grace: duration()
      .optional()
      .openapi({ description: 'How long the old token stays valid; by default it ends at once.', example: '24h' }),
  })
  .openapi('RotateOwnKey', { example: { grace: '24h' } });

export const listOwnKeysQuery = z.strictObject({
  search: search.optional().openapi({ description: 'A part of the name, a whole id, or a hint, whole or its last 4 characters.' }),
  limit: pageSize.optional(),
  cursor: cursor.optional(),
});

export const ownUsageQuery = z.strictObject({
  key: id.optional(),
  from: instantInput.optional(),
  until: instantInput.optional(),
  by: z.enum(['hour', 'day']).optional(),
});

export const ownKey = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string(),
    preview: z.string().openapi({ description: 'Prefix, environment, and asterisks for the rest.', example: 'acme_live_****************' }),
    status: z.enum(OWN_KEY_STATUSES),
    environment: z.string(),
    tier: z.string().nullable(),
    scopes: z.array(z.string()),
    ipRules: z.array(z.string()),
    createdAt: instant,
    notBefore: instant.nullable(),
    expiresAt: instant.nullable(),
    daysUntilExpiry: z.number().int().nullable(),
    lastUsedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    secrets: z.array(secret).openapi({ description: 'The current one first, then the newest; among them every valid one.' }),
  })
  .openapi('OwnKey');

export const ownKeyPage = z
  .object({ data: z.array(ownKey), total: z.number().int(), active: z.number().int(), nextCursor: z.string().nullable() })
  .openapi('OwnKeyPage', { description: '`total` and `active` count all keys of the owner.' });

export const changedOwnKey = z.object({ key: ownKey, propagation }).openapi('ChangedOwnKey');

export const issuedOwnKey = z
  .object({
    key: ownKey,
    token: z.string().nullable().openapi({ description: 'Shown this once. Null only in a repeated answer that can no longer show it.' }),
    tokenAlreadyShown: z.boolean().optional().openapi({ description: 'True where a repeated answer no longer shows the token.' }),
  })
  .openapi('IssuedOwnKey');

export const rotatedOwnKey = z.object({ ...issuedOwnKey.shape, propagation }).openapi('RotatedOwnKey');
