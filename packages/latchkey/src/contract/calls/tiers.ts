/** The calls about tiers. */
import * as v from 'valibot';
import type { CallsOf } from '../call.js';
import { described, fields, list, nullable } from '../shape.js';
import { count, limit, limitInputs, propagation, tierName, time } from '../values.js';

const LIMITS = { limits: [{ name: 'daily', limit: 1000, window: '1d', algorithm: 'fixed-window' }] };

const limits = described(limitInputs, {
  option: { name: 'limit', value: 'limit', help: 'a rate limit; without any, the tier has none' },
  form: { help: 'Each key of the tier has them for itself.' },
});

export const putTierInput = fields({ name: 'PutTierInput', example: LIMITS }, { limits });

export const previewTierInput = fields({ name: 'PreviewTierInput', example: LIMITS }, { limits });

const tierView = fields(
  { name: 'TierView' },
  {
    name: v.string(),
    limits: list(limit),
    configured: described(v.boolean(), { description: 'Declared in the configuration, and changed only there.' }),
    keys: described(count, { description: 'Keys of the tier that are not revoked.' }),
    createdAt: time,
    updatedAt: time,
  },
);

const changedTier = fields(
  { name: 'ChangedTier', description: 'The tier as it is now, and how far the change has reached.' },
  { ...tierView.entries, propagation },
);

const tierExcess = fields(
  { name: 'TierExcess', description: 'A key that has used more by now than a limit would allow it.' },
  {
    key: fields({}, { id: v.string(), name: v.string(), owner: v.string() }),
    limit: described(v.string(), { description: 'The name of the limit.' }),
    used: count,
    allowed: count,
  },
);

const tierPreview = fields(
  {
    name: 'TierPreview',
    description: 'The effect that other limits of a tier would have on its keys. Reading it changes and charges nothing.',
  },
  {
    keys: described(count, { description: 'Keys of the tier that are not revoked.' }),
    looked: described(count, { description: 'How many of them were looked at: the most recently used, 1 000 at most.' }),
    over: list(tierExcess, { description: 'Those that have used more by now than a limit would allow them.' }),
    changes: list(fields({}, { name: v.string(), before: nullable(limit), after: nullable(limit) }), {
      description: 'Limits that would come (`before` null), go (`after` null) or become others.',
    }),
  },
);

const NAME = "N['tier']";

export const TIER_CALLS: CallsOf<'tiers'> = {
  get: {
    id: 'getTier',
    summary: 'Read a tier',
    scope: 'tiers:read',
    pathType: NAME,
    output: tierView,
    gives: 'The tier',
    effect: 'reads',
    problems: [404],
  },
  list: {
    id: 'listTiers',
    summary: 'List tiers',
    scope: 'tiers:read',
    output: list(tierView),
    gives: 'All tiers',
    effect: 'reads',
    tagged: true,
  },
  put: {
    id: 'putTier',
    summary: 'Create a tier, or replace its limits',
    description: 'Takes effect on all its keys at once.',
    scope: 'tiers:write',
    pathType: NAME,
    path: {
      name: described(tierName, {
        form: { help: 'Lower-case letters, digits, - and _, beginning with a letter or digit. It cannot be changed later.' },
      }),
    },
    input: putTierInput,
    output: changedTier,
    gives: 'The tier as it is now, and how far the change has reached',
    effect: 'takes away',
    conflicts: ['tier_is_configured'],
  },
  remove: {
    id: 'removeTier',
    summary: 'Remove a tier',
    description: 'Refused while keys that are not revoked have it.',
    scope: 'tiers:write',
    pathType: NAME,
    output: v.void(),
    gives: 'Removed',
    effect: 'removes',
    problems: [404],
    conflicts: ['tier_in_use', 'tier_is_configured'],
  },
  preview: {
    id: 'previewTier',
    summary: 'Read what other limits would do to the keys of a tier',
    description: 'Looks at the keys that were used most recently, 1 000 at most. Changes and charges nothing. Needs `keys:read` as well.',
    scope: 'tiers:read',
    alsoNeeds: 'keys:read',
    pathType: NAME,
    input: previewTierInput,
    output: tierPreview,
    gives: 'The keys that would be over a limit, and the limits that would change',
    effect: 'reads',
    problems: [404],
  },
};
