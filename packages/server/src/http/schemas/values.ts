/**
 * The values that resources are made of, as they travel. A schema here judges type, size and spelling; what a
 * value means (whether a scope may be minted, a tier exists, a date lies ahead) the engine judges.
 */
import { z } from '@hono/zod-openapi';
import { BOUNDS, LIMIT_ALGORITHMS, type JsonObject } from 'latchkey';

export const instant = z.string().openapi({ format: 'date-time', description: 'ISO 8601, UTC.', example: '2027-01-31T12:00:00.000Z' });

/** Any ISO 8601 text with a zone; the engine says what is wrong with one that is not. */
export const instantInput = z
  .string()
  .openapi({ format: 'date-time', description: 'ISO 8601 with a zone.', example: '2027-01-31T12:00:00Z' });

/** A duration within bounds that the document states. The engine judges it: it says best what is wrong with one. */
export function duration(min = 0, max: number = BOUNDS.durationMs) {
  return z
    .union([z.string(), z.number().openapi({ type: 'integer', minimum: min, maximum: max })])
    .openapi({ description: 'A duration such as "90d", "24h" or "15m", or milliseconds.', example: '90d' });
}

/** Text of 1 (or `min`) to `max` characters: code points in NFC, in which the engine stores it and JSON Schema counts. */
export function text(max: number, min = 1) {
  return z
    .string()
    .refine((value) => lengthOf(value) >= min, `Use at least ${min} ${min === 1 ? 'character' : 'characters'}.`)
    .refine((value) => lengthOf(value) <= max, `Use at most ${max} characters.`)
    .openapi({ minLength: min, maxLength: max });
}

function lengthOf(value: string): number {
  return Array.from(value.normalize()).length;
}

function integer(min: number, max: number) {
  return z.number().int().min(min).max(max);
}

export const environmentName = text(BOUNDS.environmentLength).openapi({ example: 'live' });
export const tierName = text(BOUNDS.shortNameLength).openapi({ example: 'free' });
export const ownerId = text(BOUNDS.ownerIdLength).openapi({ example: 'team-7' });
export const name = text(BOUNDS.nameLength).openapi({ example: 'CI of the shop' });
export const reason = text(BOUNDS.reasonLength, 0).openapi({ description: 'Kept in the log.' });
export const resource = text(BOUNDS.resourceLength);
export const cost = integer(0, Number.MAX_SAFE_INTEGER).openapi({ description: 'Units and credits of this call; by default 1.' });

const { scopeSegments, scopeSegmentLength } = BOUNDS;
export const scopes = z
  .array(text(scopeSegments.max * (scopeSegmentLength + 1) - 1, scopeSegments.min * 2 - 1))
  .max(BOUNDS.scopes)
  .openapi({ example: ['articles:read'] });
export const ipRules = z
  .array(z.string())
  .max(BOUNDS.ipRules)
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
const units = integer(1, BOUNDS.limitUnits);
const { min: windowMin, max: windowMax } = BOUNDS.windowMs;

const limitInput = z
  .strictObject({
    name: text(BOUNDS.shortNameLength),
    limit: units.openapi({ description: `At most ${BOUNDS.slidingWindowUnits} in a sliding window.` }),
    window: duration(windowMin, windowMax).optional(),
    windowMs: integer(windowMin, windowMax).optional(),
    algorithm: algorithm.optional(),
    burst: units.optional(),
  })
  .openapi('LimitInput', { example: { name: 'hourly', limit: 100, window: '1h', algorithm: 'fixed-window' } });

export const limitInputs = z.array(limitInput).max(BOUNDS.limits);

export const cursor = z.string().openapi({ description: 'The `nextCursor` of the page before.' });
export const search = text(200);
/** The id of a key, or of one of its secrets. */
export const id = text(64);

const { operatorBoundEntries } = BOUNDS;

const boundsObject = z
  .strictObject({
    environments: z
      .array(environmentName)
      .min(1)
      .max(operatorBoundEntries)
      .optional()
      .openapi({ description: 'Environments of the keys; `operator` admits operator tokens.' }),
    owners: z.array(ownerId).min(1).max(operatorBoundEntries).optional().openapi({ description: 'Ids of the owners of the keys.' }),
    tiers: z
      .array(tierName)
      .min(1)
      .max(operatorBoundEntries)
      .optional()
      .openapi({ description: "Tiers of the keys, whose limits stay at least as tight as the tier's." }),
    grants: scopes.optional().openapi({ description: 'Scopes that the keys may hold, each or what it covers.' }),
  })
  .openapi('Bounds', {
    description:
      'The keys that an operator token sees, verifies and changes (`environments`, `owners`, `tiers`), and what it may give them (`grants`, and limits no wider than those of a bound tier). An absent list binds nothing.',
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
    .refine((value) => within(value, bounds.min, bounds.max), message)
    .openapi({ type: 'integer', minimum: bounds.min, maximum: bounds.max, description: bounds.description });
}

export const pageSize = integerParameter({ min: 1, max: BOUNDS.pageSize, description: 'How many to a page; by default 20.' });

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function isJsonObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
