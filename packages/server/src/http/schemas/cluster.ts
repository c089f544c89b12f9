import { z } from '@hono/zod-openapi';
import { instant } from './values.js';

const place = z.number().int().min(0);

const clusterNode = z
  .object({
    id: z.string(),
    label: z.string().openapi({ description: 'What people know the process by: its host and its number there.' }),
    version: z.string(),
    startedAt: instant,
    renewedAt: instant.openapi({ description: 'By the node’s own clock.' }),
    applied: place.openapi({ description: 'The place in the log up to which it has forgotten what was changed.' }),
    behind: place.openapi({ description: 'Entries of the log that it lacks.' }),
    self: z.boolean().openapi({ description: 'Whether it is the one that answers.' }),
  })
  .openapi('ClusterNode');

export const cluster = z
  .object({
    mode: z.enum(['alone', 'lease', 'strict']),
    leaseMs: z.number().int().nullable(),
    holdsLease: z.boolean().openapi({ description: 'Whether this node may answer from memory now.' }),
    place: place.openapi({ description: 'The place of the last entry of the log.' }),
    nodes: z.array(clusterNode),
  })
  .openapi('Cluster', { description: 'The nodes that share the database, and how far each has come.' });
