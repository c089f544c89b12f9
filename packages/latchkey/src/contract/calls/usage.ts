/** The calls about usage. */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { CallsOf } from '../call.js';
import { choice, described, fields, integer, list, optional } from '../shape.js';
import { boundedText, count, instant, keyIds, ownerFilter, time, identifier } from '../values.js';

const FROM = 'From this instant on; by default 30 days ago, or from the first instant that is kept.';

const FROM_OPTION = { value: 'time', help: 'from this instant on; by default 30 days ago, or since figures are kept' };

const span = {
  from: optional(instant, { description: FROM }),
  until: optional(instant, {
    description: 'Up to this instant; by default now.',
    option: { value: 'time', help: 'up to this instant; by default now' },
  }),
};

const by = choice(['hour', 'day']);

export const usageInput = fields(
  { name: 'UsageRequest', description: 'Which usage.' },
  {
    key: optional(identifier, { description: 'Usage of this key.', option: { value: 'id', help: 'usage of this key' } }),
    owner: optional(ownerFilter, {
      description: 'Usage of the keys of this owner.',
      option: { value: 'id', help: 'usage of the keys of this owner' },
    }),
    tier: optional(boundedText(BOUNDS.shortNameLength), {
      description: 'Usage of the keys that had this tier when they were used. Not together with `key` or `owner`.',
      option: { value: 'name', help: 'usage of the keys that had this tier when they were used; without --key and --owner' },
    }),
    from: optional(instant, {
      description: `${FROM} Earlier than what is kept is an error that names the first instant that is kept.`,
      option: FROM_OPTION,
    }),
    until: span.until,
    by: optional(by, {
      description:
        'By default `day`. Figures are of whole hours, or of whole UTC days: from the one of `from` on, up to the one in which `until` lies.',
      option: { value: 'unit', help: 'figures by hour or by day (the default)' },
    }),
  },
);

/** The usage of an owner's own keys. */
export const ownUsageInput = fields(
  { name: 'OwnUsageRequest', description: 'Which usage of your keys.' },
  {
    key: optional(identifier, { description: 'Usage of this key; by default of all of yours.' }),
    from: usageInput.entries.from,
    until: usageInput.entries.until,
    by: usageInput.entries.by,
  },
);

export const usageByKeyInput = fields(
  { name: 'UsageByKeyRequest', description: 'Which keys, and which span of time.' },
  {
    keys: described(
      v.pipe(
        keyIds,
        v.check((ids) => new Set(ids).size === ids.length, 'Give each id once.'),
      ),
      { description: `1 to ${BOUNDS.keysPerCall} ids of keys, each once.` },
    ),
    from: optional(instant, { description: 'From this instant on; by default 30 days ago, by the hour 1 day ago.' }),
    until: span.until,
    by: optional(by, { description: 'By the hour at most 7 days, by the day at most 366; by default `day`.' }),
  },
);

export const busiestInput = fields(
  { name: 'BusiestRequest', description: 'Which span of time: at most 31 days.' },
  {
    from: optional(instant, { description: 'From this instant on; by default 30 days ago.' }),
    until: span.until,
    limit: optional(integer(1, BOUNDS.keysPerCall), { description: `How many keys: 1 to ${BOUNDS.keysPerCall}, by default 10.` }),
  },
);

const behindMs = described(count, {
  description: 'By how much the figures may be behind, in milliseconds: nodes write what they count this often (`writeBehindMs`).',
  example: 10_000,
});

const counts = described(v.unknown(), {
  description: 'Verifications by outcome.',
  example: { valid: 41, expired: 1 },
  json: { type: 'object', additionalProperties: { type: 'integer' } },
  type: 'VerdictCounts',
  from: 'domain/verdict',
});

const measured = { from: time, until: time };

export const usageReport = fields(
  { name: 'UsageReport', description: 'A crash loses at most the last `behindMs` of what a node has counted.' },
  { ...measured, by, behindMs, total: count, totals: counts, points: list(fields({}, { start: time, counts })) },
);

const keyUsage = fields(
  { name: 'KeyUsage' },
  {
    key: v.string(),
    total: count,
    points: list(fields({}, { start: time, valid: count, refused: count }), { description: 'Every hour or day of the span has one.' }),
  },
);

const usageByKey = fields(
  { name: 'UsageByKey' },
  { ...measured, by, behindMs, data: list(keyUsage, { description: 'One for each key that was asked for, in that order.' }) },
);

const busyKey = fields(
  { name: 'BusyKey' },
  {
    key: fields({}, { id: v.string(), name: v.string(), owner: v.string(), hint: v.string(), environment: v.string() }),
    total: count,
    valid: count,
    refused: count,
  },
);

const busiestKeys = fields(
  { name: 'BusiestKeys', description: 'The busiest first. The figures of each are exact; see `complete` for the choice.' },
  {
    ...measured,
    behindMs,
    data: list(busyKey),
    complete: described(v.boolean(), { description: 'True if certainly no other key was busier than the last of these.' }),
  },
);

export const USAGE_CALLS: CallsOf<'usage'> = {
  read: {
    id: 'readUsage',
    summary: 'Read verifications by hour or day, and by outcome',
    description:
      'Of one key, of one owner, of the keys that had a tier when they were used, or of all. Hours are kept for 14 days and days for 400, unless configured otherwise.',
    scope: 'usage:read',
    input: usageInput,
    output: usageReport,
    gives: 'The figures',
    effect: 'reads',
    problems: [404],
  },
  byKey: {
    id: 'readUsageByKey',
    summary: 'Read verifications of several keys by hour or day',
    description: 'A key that does not exist was never used.',
    scope: 'usage:read',
    input: usageByKeyInput,
    output: usageByKey,
    gives: 'The figures of each key',
    effect: 'reads',
    tagged: true,
  },
  busiest: {
    id: 'readBusiestKeys',
    summary: 'Read the keys that were verified most often',
    description: 'Needs `keys:read` as well.',
    scope: 'usage:read',
    alsoNeeds: 'keys:read',
    input: busiestInput,
    output: busiestKeys,
    gives: 'The busiest first',
    effect: 'reads',
    tagged: true,
  },
};
