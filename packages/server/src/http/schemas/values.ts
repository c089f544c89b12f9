/**
 * The values that resources are made of, as they travel. A schema here judges type, size and spelling; what a
 * value means (whether a scope may be minted, a tier exists, a date lies ahead) the engine judges.
 */
import { z } from '@hono/zod-openapi';
import { LIMIT_ALGORITHMS, type JsonObject } from 'latchkey';

export const instant = z.string().openapi({ format: 'date-time', description: 'ISO 8601, UTC.', example: '2027-01-31T12:00:00.000Z' });

/** Any ISO 8601 text with a zone; the engine says what is wrong with one that is not. */
export const instantInput = z
  .string()
  .min(1)
  .max(40)
  .openapi({ format: 'date-time', description: 'ISO 8601 with a zone.', example: '2027-01-31T12:00:00Z' });

export const duration = z
  .union([z.string().min(1).max(32), z.number()])
  .openapi({ description: 'A duration such as "90d", "24h" or "15m", or milliseconds.', example: '90d' });

export const environmentName = z.string().min(1).max(16).openapi({ example: 'live' });
export const tierName = z.string().min(1).max(32).openapi({ example: 'free' });
export const ownerId = z.string().min(1).max(128).openapi({ example: 'team-7' });
export const keyName = z.string().min(1).max(400).openapi({ description: '1 to 100 characters.', example: 'CI of the shop' });
export const scopes = z
  .array(z.string().min(1).max(200))
  .max(200)
  .openapi({ example: ['articles:read'] });
export const ipRules = z
  .array(z.string().min(1).max(50))
  .max(200)
  .openapi({
    description: 'Addresses and CIDR blocks from which alone the key may be used; empty: from anywhere.',
    example: ['10.0.0.0/8'],
  });

export const metadata = z.custom<JsonObject>(isJsonObject, 'Use a JSON object.').openapi({
  type: 'object',
  additionalProperties: true,
  description: 'An opaque JSON object of yours, bounded in size and depth.',
  example: { plan: 'yearly' },
});

const algorithm = z.enum(LIMIT_ALGORITHMS);
const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const limitInput = z
  .strictObject({
    name: z.string().min(1).max(64),
    limit: count,
    window: duration.optional(),
    windowMs: count.optional(),
    algorithm: algorithm.optional(),
    burst: count.optional(),
  })
  .openapi('LimitInput', { example: { name: 'hourly', limit: 100, window: '1h', algorithm: 'fixed-window' } });

export const limitInputs = z.array(limitInput).max(32);

export const limit = z
  .object({ name: z.string(), limit: count, windowMs: count, algorithm, burst: count.optional() })
  .openapi('Limit', { description: 'So many units per window.' });

export const cursor = z.string().min(1).max(1000).openapi({ description: 'The `nextCursor` of the page before.' });
export const search = z.string().min(1).max(200);

const boundList = z.array(z.string().min(1).max(259)).max(64);

const boundsObject = z
  .strictObject({
    environments: boundList.min(1).optional().openapi({ description: 'Environments of the keys; `operator` admits operator tokens.' }),
    owners: boundList.min(1).optional().openapi({ description: 'Ids of the owners of the keys.' }),
    tiers: boundList
      .min(1)
      .optional()
      .openapi({ description: "Tiers of the keys; their limits may be narrower than the tier's, not wider." }),
    grants: boundList.optional().openapi({ description: 'Scopes that the keys may hold, each or what it covers.' }),
  })
  .openapi('Bounds', {
    description:
      'The keys that there are for an operator token: it sees, verifies and changes no others. A list that is absent binds nothing.',
    example: { environments: ['live'], grants: ['articles:*'] },
  });

/** `.nullable()` of a named schema is written down as something that is never null. */
export const bounds = z.union([boundsObject, z.null()]);

export const propagation = z
  .object({ applied: z.number().int(), lapsed: z.number().int(), pending: z.array(z.string()) })
  .openapi('Propagation', {
    description:
      'How far a change that takes authority away has reached: nodes that applied it, whose lease lapsed, of which it is not known.',
  });

/** A whole number in a query, in decimal digits and nothing else. */
export function integerParameter(bounds: { min: number; max: number; description: string }) {
  const message = `Use a whole number from ${bounds.min} to ${bounds.max}.`;
  return z
    .string()
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .refine((value) => value >= bounds.min && value <= bounds.max, message)
    .openapi({ type: 'integer', minimum: bounds.min, maximum: bounds.max, description: bounds.description });
}

export const pageSize = integerParameter({ min: 1, max: 100, description: 'How many to a page; by default 20.' });

function isJsonObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
