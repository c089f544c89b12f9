/** What operators look into keys, tiers and usage with. */
import { z } from '@hono/zod-openapi';
import { BOUNDS } from 'latchkey';
import { cluster } from './cluster.js';
import { behindMs } from './usage.js';
import { instant, instantInput, integerParameter } from './values.js';

const count = z.number().int();

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
