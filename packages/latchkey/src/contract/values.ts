/** The values that calls take and give: each with its bounds, its normal form, and the words that refuse another. */
import * as v from 'valibot';
import { BOUNDS } from '../domain/bounds.js';
import type { InputIssue } from '../domain/errors.js';
import { parseIpRule } from '../domain/ip-rules.js';
import type { JsonObject } from '../domain/json.js';
import { LIMIT_ALGORITHMS, type Limit, type LimitInput } from '../domain/limit.js';
import { parseLimits } from '../domain/limit-input.js';
import { parseMetadata, parseMetadataFilter } from '../domain/metadata.js';
import { type Parsed, parsed, unreadable } from '../domain/parsed.js';
import { isScope, SCOPE_FORMAT } from '../domain/scopes.js';
import {
  isTierName,
  normaliseDescription,
  normaliseName,
  normaliseOwnerId,
  normaliseReason,
  normaliseTag,
  SHORT_NAME_FORMAT,
  whyNotResource,
} from '../domain/text.js';
import { DURATION_FORMAT, INSTANT_FORMAT, formatDuration, parseDuration, parseInstant } from '../domain/time.js';
import { type About, type CommandOption, described, fields, integer, list, nullable, nullish, optional, parsing, text } from './shape.js';

const length = (maxLength: number, minLength = 1): JsonObject => ({ minLength, maxLength });

/** Parses text of `min` to `max` characters: code points in NFC, as JSON Schema counts them. */
function ofLength(max: number, min = 1): (given: string) => Parsed<string> {
  return (given) => {
    const count = given.length > max * 8 ? Infinity : Array.from(given.normalize()).length;
    return count >= min && count <= max ? parsed(given) : unreadable(`Use ${min} to ${max} characters.`);
  };
}

/** Returns the shape of a text of `min` to `max` characters. */
export function boundedText(max: number, about: About = {}, min = 1) {
  return text({ json: length(max, min), ...about }, ofLength(max, min));
}

export const name = text(
  { description: '1 to 100 characters in one line.', example: 'CI of the shop', json: length(BOUNDS.nameLength) },
  normaliseName,
);

export const description = text(
  {
    description: 'For people: 1 to 500 characters, in one line or several. Lists do not search it.',
    example: 'Deploys the shop.\nAsk the team "payments" before you revoke it.',
    json: length(BOUNDS.descriptionLength),
  },
  normaliseDescription,
);

/** An owner as a filter: an id that could not be stored names nobody. */
export const ownerFilter = boundedText(BOUNDS.ownerIdLength);

export const tierFilter = boundedText(BOUNDS.shortNameLength, { type: "N['tier']" });

export const ownerId = text(
  { description: 'The id of an owner: 1 to 128 visible characters.', example: 'team-7', json: length(BOUNDS.ownerIdLength) },
  normaliseOwnerId,
);

export const tierName = text(
  { description: 'The name of a tier.', example: 'free', json: length(BOUNDS.shortNameLength), type: "N['tier']" },
  (given) => (isTierName(given) ? parsed(given) : unreadable(`Use ${SHORT_NAME_FORMAT}.`)),
);

/** An id as a filter: of a key, of an owner, or of an actor, such as `oidc:` and a subject. */
export const identifier = boundedText(BOUNDS.identifierLength);

const keyId = v.pipe(v.string(), v.regex(/^key_[0-9A-Za-z]{1,32}$/, 'Use the id of a key.'));

export const keyIds = v.pipe(
  list(keyId, {}, BOUNDS.keysPerCall),
  v.minLength(1, `Give 1 to ${BOUNDS.keysPerCall} ids.`),
  v.metadata({ json: { minItems: 1, maxItems: BOUNDS.keysPerCall } }),
);

/** The engine judges which environments there are. */
export const environmentName = text(
  { description: 'The name of an environment.', example: 'live', json: length(BOUNDS.environmentLength), type: "N['environment']" },
  ofLength(BOUNDS.environmentLength),
);

const { scopeSegments, scopeSegmentLength } = BOUNDS;

/** The engine judges which scopes there are. */
const scope = text(
  {
    description: 'A scope, such as `articles:read`, or `articles:*`.',
    example: 'articles:read',
    json: length(scopeSegments.max * (scopeSegmentLength + 1) - 1, scopeSegments.min * 2 - 1),
    type: "N['scope']",
  },
  (given) => (isScope(given) ? parsed(given) : unreadable(`Use ${SCOPE_FORMAT}.`)),
);

export const scopes = list(scope, { example: ['articles:read'] }, BOUNDS.scopes);

/** Scopes of which a key must hold one. An empty list would ask for nothing, or for what no key has. */
export const anyScope = v.pipe(
  scopes,
  v.minLength(1, 'Name scopes of which the key must hold one, or leave it out.'),
  v.metadata({ json: { minItems: 1, maxItems: BOUNDS.scopes } }),
);

export const reason = text(
  {
    description: 'Up to 500 characters, kept in the audit log.',
    example: 'leaked in a chat',
    json: length(BOUNDS.reasonLength, 0),
    form: { help: 'The audit log keeps it.' },
  },
  normaliseReason,
);

const tag = text(
  {
    description: 'A tag, kept in lower case: letters, digits, `.`, `_`, `-`, `:` and `/`, beginning with a letter or digit.',
    example: 'team:payments',
    json: { ...length(BOUNDS.tagLength), pattern: `^[A-Za-z0-9][A-Za-z0-9._:/-]{0,${BOUNDS.tagLength - 1}}$` },
  },
  normaliseTag,
);

/** Each once, in the order of their characters. */
export const tags = v.pipe(
  list(tag, { example: ['team:payments'] }, BOUNDS.tags),
  v.transform((given) => [...new Set(given)].toSorted() as readonly string[]),
);

/** In epoch milliseconds. */
export const instant = v.pipe(
  v.union([v.string(), v.date()], `Use ${INSTANT_FORMAT}.`),
  parsing<string | Date, number>((given) => {
    const at = parseInstant(typeof given === 'string' ? given : isoOf(given));
    return at === null ? unreadable(`Use ${INSTANT_FORMAT}.`) : parsed(at);
  }),
  v.metadata({
    description: 'A `Date`, or ISO 8601 with a zone.',
    example: '2027-01-31T12:00:00Z',
    json: { type: 'string', format: 'date-time' },
    type: 'string | Date',
  }),
);

/** A date that is none has no ISO form. */
function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** In milliseconds, of which there are at least `min`. */
export function duration(min = 0, max: number = BOUNDS.durationMs) {
  const least = min > 1 ? ` of at least ${formatDuration(min)}` : '';
  const most = max < BOUNDS.durationMs ? ` of at most ${formatDuration(max)}` : '';
  return v.pipe(
    v.union([v.string(), v.number()], `Use ${DURATION_FORMAT}.`),
    parsing<string | number, number>((given) => {
      const ms = parseDuration(given);
      if (ms === null) return unreadable(`Use ${DURATION_FORMAT}.`);
      return ms < min || ms > max ? unreadable(`Use a duration${least}${least !== '' && most !== '' ? ' and' : ''}${most}.`) : parsed(ms);
    }),
    v.metadata({
      description: 'A duration such as `"90d"`, `"24h"` or `"15m"`, or milliseconds.',
      example: '90d',
      json: { type: ['string', 'integer'], minimum: min, maximum: max },
      type: 'string | number',
    }),
  );
}

export const ipRules = v.pipe(
  list(
    text({ description: 'An IP address or a CIDR block.', example: '10.0.0.0/8' }, parseIpRule),
    {
      description: 'IP addresses and CIDR blocks that may use the key; an empty list allows all.',
      example: ['10.0.0.0/8'],
    },
    BOUNDS.ipRules,
  ),
  v.transform((given) => [...new Set(given)] as readonly string[]),
);

export const metadata = v.pipe(
  v.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'Use a JSON object.'),
  parsing<JsonObject, JsonObject>(parseMetadata),
  v.metadata({
    description: 'A JSON object of yours: at most 4 KiB, at most 5 levels deep. Latchkey does not interpret it.',
    example: { plan: 'yearly' },
    json: { type: 'object', additionalProperties: true },
    type: 'JsonObject',
    from: 'domain/json',
  }),
);

export const metadataFilter = v.pipe(
  v.custom<Readonly<Record<string, string | number | boolean>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Use an object of fields and their values, such as { "team": "payments" }.',
  ),
  parsing<Readonly<Record<string, string | number | boolean>>, Readonly<Record<string, string>>>(parseMetadataFilter),
  v.metadata({
    name: 'MetadataFilter',
    description:
      'Up to 3 fields at the top level of the metadata, each with the value that it has. A value is compared by its text: `5` finds the number 5 and the string "5".',
    example: { team: 'payments' },
    json: {
      type: 'object',
      minProperties: 1,
      maxProperties: BOUNDS.metadataFilters,
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: BOUNDS.metadataFilterLength },
    },
    type: 'Readonly<Record<string, string | number | boolean>>',
  }),
);

const units = integer(1, BOUNDS.limitUnits);
const { min: windowMin, max: windowMax } = BOUNDS.windowMs;

const limitInput = fields(
  {
    name: 'LimitInput',
    description: 'So many units per window. Give `window` or `windowMs`.',
    example: { name: 'hourly', limit: 100, window: '1h', algorithm: 'fixed-window' },
    type: 'LimitInput',
    from: 'domain/limit',
  },
  {
    name: described(v.string(), { json: length(BOUNDS.shortNameLength), form: {} }),
    limit: described(v.number(), {
      form: { label: 'Units' },
      description: `At most ${BOUNDS.slidingWindowUnits} in a sliding window.`,
      json: { type: 'integer', minimum: 1, maximum: BOUNDS.limitUnits },
    }),
    window: optional(v.union([v.string(), v.number()], `Use ${DURATION_FORMAT}.`), {
      description: 'A duration such as `"1h"`, or milliseconds.',
      form: { label: 'Per' },
      json: { type: ['string', 'integer'], minimum: windowMin, maximum: windowMax },
      example: '1h',
    }),
    windowMs: optional(v.number(), { json: { type: 'integer', minimum: windowMin, maximum: windowMax } }),
    algorithm: optional(v.picklist(LIMIT_ALGORITHMS), { form: { label: 'Counted by' } }),
    burst: optional(v.number(), { json: { type: 'integer', minimum: 1, maximum: BOUNDS.limitUnits }, form: { label: 'At once' } }),
  },
);

export const limitInputs = v.pipe(
  list(limitInput, {}, BOUNDS.limits),
  v.rawTransform<readonly LimitInput[], readonly Limit[]>(({ dataset, addIssue, NEVER }) => {
    const result = parseLimits(dataset.value, '');
    if (result.ok) return result.limits;
    for (const { pointer, message } of result.issues) addIssue({ message, path: pathOf(pointer, dataset.value) });
    return NEVER;
  }),
);

type Path = [v.IssuePathItem, ...v.IssuePathItem[]];

/** The path of an issue as valibot writes it. */
export function pathOf(pointer: InputIssue['pointer'], input: unknown): Path {
  const parts = pointer.split('/').slice(1);
  return parts.map((key) => ({ type: 'unknown', origin: 'value', input, key, value: undefined })) as unknown as Path;
}

export const limit = fields(
  { name: 'Limit', description: 'So many units per window.', type: 'Limit', from: 'domain/limit' },
  {
    name: v.string(),
    limit: units,
    windowMs: integer(windowMin, windowMax),
    algorithm: v.picklist(LIMIT_ALGORITHMS),
    burst: v.optional(units),
  },
);

const ENTRIES = BOUNDS.operatorBoundEntries;
const bound = (what: string, value: string): CommandOption => ({
  name: `bound-${what}`,
  value,
  help: `for operator tokens: the ${what}s whose keys it sees; may be repeated`,
});
const named = (item: typeof environmentName, about: About) =>
  optional(v.pipe(list(item, {}, ENTRIES), v.minLength(1, `Use 1 to ${ENTRIES} items.`)), {
    ...about,
    json: { minItems: 1, maxItems: ENTRIES },
  });

export const operatorBounds = v.pipe(
  fields(
    {
      name: 'OperatorBounds',
      description:
        'The keys that an operator token sees, verifies and changes (`environments`, `owners`, `tiers`), and what it may give them (`grants`, and rate limits no wider than those of a bound tier). An absent list binds nothing.',
      example: { environments: ['live'], grants: ['articles:*'] },
      type: 'OperatorBounds',
      from: 'domain/operator-bounds',
    },
    {
      environments: named(environmentName, {
        description: 'Environments of the keys; `operator` admits operator tokens.',
        option: bound('environment', 'names'),
        form: { help: 'Environments of the keys. None: all of them.' },
      }),
      owners: named(ownerId, {
        description: 'Ids of the owners of the keys.',
        option: bound('owner', 'ids'),
        form: { help: 'Ids of the owners of the keys. None: all of them.' },
      }),
      tiers: named(tierName, {
        description: "Tiers of the keys, whose rate limits stay at least as tight as the tier's.",
        option: bound('tier', 'names'),
        form: { help: 'Tiers of the keys, whose limits stay at least as tight. None: all of them.' },
      }),
      grants: optional(scopes, {
        description: 'Scopes that the keys may hold, each or what it covers.',
        form: { label: 'Scopes it may give', help: 'Scopes that the keys may hold, or scopes that cover them. None: any.' },
        option: { name: 'bound-grant', value: 'scopes', help: 'for operator tokens: a scope that it may give to keys; may be repeated' },
      }),
    },
  ),
  v.check(
    (bounds) => Object.values(bounds).some((each) => each !== undefined),
    'Give at least one of environments, owners, tiers, grants; or null for a token that is not bound.',
  ),
);

/** An instant as it is given out. */
export const time = described(v.string(), {
  description: 'ISO 8601, UTC.',
  example: '2027-01-31T12:00:00.000Z',
  json: { type: 'string', format: 'date-time' },
});

export const count = integer(0, Number.MAX_SAFE_INTEGER);

export const propagation = fields(
  {
    name: 'Propagation',
    description:
      'How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids of those that have not answered.',
    type: 'Propagation',
    from: 'domain/propagation',
  },
  { applied: count, lapsed: count, pending: list(v.string()) },
);

/** The filters of a page, and where it begins. */
export const paging = {
  limit: optional(integer(1, BOUNDS.pageSize), {
    description: 'How many to a page: 1 to 100, by default 20.',
    option: { value: 'number', help: 'at most so many (1 to 100)' },
  }),
  cursor: nullish(v.string(), {
    description: 'The `nextCursor` of the page before.',
    option: { value: 'cursor', help: 'where the page before ended' },
  }),
};

export const nextCursor = nullable(v.string(), { description: 'Hand it back as `cursor` for the next page; null on the last one.' });

/** Text that is looked for. */
export const search = text({ json: length(200) }, ofLength(200));

export const cost = integer(0, Number.MAX_SAFE_INTEGER, {
  description: 'Units and credits that the call costs; by default 1.',
});

export const resource = text(
  {
    description: 'The resource that the call is for: limits of this call count separately for each resource.',
    json: length(BOUNDS.resourceLength),
  },
  (given) => {
    const problem = whyNotResource(given);
    return problem === null ? parsed(given) : unreadable(problem);
  },
);

export const texts = list(v.string());
export const timeOrNull = nullable(time);

/** The actions that an owner has in the portal. */
export const portalAllow = fields(
  { name: 'PortalAllow', description: 'The actions that an owner has in the portal. Reading its own keys is always allowed.' },
  { create: v.boolean(), rotate: v.boolean(), revoke: v.boolean(), rename: v.boolean(), usage: v.boolean() },
);
