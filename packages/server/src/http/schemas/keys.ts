import { z } from '@hono/zod-openapi';
import { instant, reason } from './values.js';

export const reasonBody = z.strictObject({ reason: reason.nullish() }).openapi('Reason', { example: { reason: 'leaked in a chat' } });

export const secret = z
  .object({ id: z.string(), hint: z.string(), createdAt: instant, validUntil: instant.nullable(), lastUsedAt: instant.nullable() })
  .openapi('Secret', { description: 'What is shown of one token of a key.' });
