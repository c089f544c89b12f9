import type { Propagation } from 'latchkey';
import { empty, json, type Answer } from '../exchange/answer.js';

/** Returns the answer to a change that may take authority away. */
export function propagated(wait: boolean | undefined, body: object): Answer {
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
