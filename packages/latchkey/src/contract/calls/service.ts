/** The calls about the service as a whole. */
import * as v from 'valibot';
import { OPERATOR_SCOPES } from '../../domain/actor.js';
import type { CallsOf } from '../call.js';
import { choice, described, fields, list, nullable } from '../shape.js';
import { count, texts, time } from '../values.js';

const clusterNode = fields(
  { name: 'ClusterNode', type: 'ClusterNode', from: 'domain/cluster-view' },
  {
    id: v.string(),
    label: described(v.string(), { description: 'The host of the process, and its number there.' }),
    version: v.string(),
    startedAt: time,
    renewedAt: described(time, { description: "By the node's own clock." }),
    applied: described(count, { description: 'The position in the log up to which it has applied the changes.' }),
    behind: described(count, { description: 'How many entries of the log it has not applied yet.' }),
    self: described(v.boolean(), { description: 'True for the node that answers.' }),
  },
);

const clusterView = fields(
  {
    name: 'ClusterView',
    description: 'The nodes that share the database, and how far each has come.',
    type: 'ClusterView',
    from: 'domain/cluster-view',
  },
  {
    mode: choice(['alone', 'lease', 'strict'], {
      description: '`alone`: no other process can share the database. `strict`: this node answers nothing from memory.',
    }),
    leaseMs: nullable(count, { description: 'How long a lease lasts; null without leases.' }),
    holdsLease: described(v.boolean(), { description: 'True if this node may answer from memory now.' }),
    place: described(count, { description: 'The position of the last entry of the log.' }),
    nodes: list(clusterNode),
  },
);

const upTo = (description: string) => described(count, { description });

const overview = fields(
  { name: 'Overview', description: 'Counts of everything, as they were at `asOf`, a few seconds ago at most.' },
  {
    asOf: time,
    keys: fields({}, { total: count, active: count, disabled: count, revoked: count, expired: count, scheduled: count, suspended: count }),
    countedUpTo: upTo(
      'Keys that need attention (`expiring`, `neverUsed`, `unusedFor90d`) are counted up to this number: a count of so many means as many or more. The other counts are exact.',
    ),
    expiring: described(fields({}, { within30d: count, within7d: count }), {
      description: 'Keys, neither revoked nor expired, that expire so soon.',
    }),
    neverUsed: upTo('Keys, neither revoked nor expired, that were never used.'),
    unusedFor90d: upTo('Keys, neither revoked nor expired, at least 90 days old, that were not used for 90 days.'),
    owners: count,
    tiers: count,
    verifications24h: nullable(
      fields(
        {},
        {
          total: count,
          byCode: described(v.unknown(), {
            json: { type: 'object', additionalProperties: { type: 'integer' } },
            type: 'VerdictCounts',
            from: 'domain/verdict',
          }),
        },
      ),
      { description: 'Null for an operator token without `usage:read`.' },
    ),
    cluster: nullable(clusterView, {
      description: 'The nodes as they are now, whenever the rest was counted; null for an operator token without `cluster:read`.',
    }),
  },
);

const part = fields({}, { kind: v.string() });

const serviceSetting = fields(
  { name: 'ServiceSetting' },
  {
    name: described(v.string(), { description: 'The environment variable, or the field of the file for what only the file can say.' }),
    value: nullable(v.string(), { description: 'As one would write it; null where nothing is set, and for a secret.' }),
    isDefault: v.boolean(),
    secret: v.boolean(),
    set: described(v.boolean(), { description: 'True if it has a value. A secret shows nothing more.' }),
    description: v.string(),
  },
);

const serviceSettings = fields(
  { name: 'ServiceSettings', description: 'How a service is set up.' },
  {
    version: described(v.string(), { description: 'The version of Latchkey.' }),
    node: described(v.string(), { description: 'The version of Node.' }),
    database: part,
    limiter: part,
    prefix: described(v.string(), { description: 'The first part of every token.' }),
    environments: texts,
    scopes: nullable(texts, { description: 'The scopes that keys may be given, where the configuration names them; null: any.' }),
    configuredTiers: described(texts, { description: 'Tiers that the configuration declares.' }),
    operatorScopes: described(list(v.picklist(OPERATOR_SCOPES)), {
      description: 'The scopes that an operator token may hold.',
      type: 'readonly string[]',
    }),
    settings: list(serviceSetting),
  },
);

export const SERVICE_CALLS: CallsOf<'service'> = {
  overview: {
    id: 'readOverview',
    summary: 'Read counts of everything',
    scope: 'keys:read',
    output: overview,
    gives: 'The counts, and when they were taken',
    effect: 'reads',
  },
  cluster: {
    id: 'getCluster',
    summary: 'Read the nodes that share the database',
    description: 'Which processes answer, and up to which entry of the log each has applied the changes.',
    scope: 'cluster:read',
    output: clusterView,
    gives: 'The nodes on record',
    effect: 'reads',
  },
  settings: {
    id: 'readSettings',
    summary: 'Read how the service is set up',
    description: 'A secret shows only whether it has a value.',
    scope: 'settings:read',
    output: serviceSettings,
    gives: 'Versions, parts and settings',
    effect: 'reads',
  },
};
