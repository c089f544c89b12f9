import { z } from '@hono/zod-openapi';
import type { Propagation } from 'latchkey';
import { empty, json, type Answer } from '../exchange/answer.js';

/** The query of operations that may take authority away. */
export const waitQuery = z.strictObject({
  wait: z
    .enum(['true', 'false'])
    .optional()
    .transform((wait) => (wait === undefined ? undefined : wait === 'true'))
    .openapi({
      type: 'string',
      enum: ['true', 'false'],
      description: 'With `false` the change is answered (202) when it is durable, without waiting until it holds on every node.',
    }),
});

export type WaitQuery = z.output<typeof waitQuery>;

export function propagated({ wait }: WaitQuery, body: object): Answer {
  return json(wait === false ? 202 : 200, body);
}

/** Without a body: how far it has come is in a field, `X-Latchkey-Propagation`, a dictionary of RFC 9651. */
export function propagatedWithoutBody({ applied, lapsed, pending }: Propagation): Answer {
  const nodes = pending.map((id) => `"${id}"`).join(' ');
  return empty(204, { 'x-latchkey-propagation': `applied=${applied}, lapsed=${lapsed}, pending=(${nodes})` });
}

export const DELETED = {
  204: {
    description: 'Revoked; `X-Latchkey-Propagation` says how far it has come',
    headers: ['X-Latchkey-Propagation'],
  },
} as const;
