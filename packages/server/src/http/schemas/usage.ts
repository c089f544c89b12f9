import { z } from '@hono/zod-openapi';
import { id, instant, instantInput, ownerId, tierName } from './values.js';

export const usageQuery = z.strictObject({
  key: id.optional(),
  owner: ownerId.optional(),
  tier: tierName.optional(),
  from: instantInput.optional(),
  until: instantInput.optional(),
  by: z.enum(['hour', 'day']).optional(),
});

export const behindMs = z
  .number()
  .int()
  .openapi({ description: 'By how much the figures may be behind, in milliseconds: `LATCHKEY_WRITE_BEHIND_MS`.', example: 10_000 });

const counts = z
  .record(z.string(), z.number().int())
  .openapi({ description: 'Verifications by outcome.', example: { valid: 41, expired: 1 } });

export const usageReport = z
  .object({
    from: instant,
    until: instant,
    by: z.enum(['hour', 'day']),
    behindMs,
    total: z.number().int(),
    totals: counts,
    points: z.array(z.object({ start: instant, counts })),
  })
  .openapi('UsageReport', { description: 'A crash loses at most the last `behindMs` of what a node has counted.' });
