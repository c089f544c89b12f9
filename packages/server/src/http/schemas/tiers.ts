import { z } from '@hono/zod-openapi';
import { instant, limit, limitInputs, propagation } from './values.js';

export const putTierBody = z
  .strictObject({ limits: limitInputs })
  .openapi('PutTier', { example: { limits: [{ name: 'daily', limit: 1000, window: '1d', algorithm: 'fixed-window' }] } });

export const tier = z
  .object({
    name: z.string(),
    limits: z.array(limit),
    configured: z.boolean().openapi({ description: 'Declared in the configuration, and changed only there.' }),
    keys: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('Tier');

export const changedTier = z.object({ ...tier.shape, propagation }).openapi('ChangedTier');

export const tierPage = z.object({ data: z.array(tier), nextCursor: z.null() }).openapi('TierPage');
