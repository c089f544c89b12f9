import { z } from '@hono/zod-openapi';
import { PROBLEM_CODES } from '../exchange/problem.js';

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'Each thing that is wrong with the input: where (RFC 6901), and what would be right.' }),
    moreErrors: z.number().int().optional().openapi({ description: 'How many more there are, where `errors` holds only the first 20.' }),
    missingScopes: z.array(z.string()).optional(),
    dependency: z.string().optional(),
  })
  .openapi('Problem', { description: 'RFC 9457.' });
