import { z } from '@hono/zod-openapi';
import { id, instant, instantInput, ownerId } from './values.js';

export const usageQuery = z.strictObject({
  key: id.optional(),
  owner: ownerId.optional(),
  from: instantInput.optional(),
  until: instantInput.optional(),
  by: z.enum(['hour', 'day']).optional(),
});

const counts = z
  .record(z.string(), z.number().int())
  .openapi({ description: 'Verifications by outcome.', example: { valid: 41, expired: 1 } });

export const usageReport = z
  .object({
    from: instant,
    until: instant,
    by: z.enum(['hour', 'day']),
    total: z.number().int(),
    totals: counts,
    points: z.array(z.object({ start: instant, counts })),
  })
  .openapi('UsageReport', { description: 'Figures may lack at most the last second before a crash.' });
