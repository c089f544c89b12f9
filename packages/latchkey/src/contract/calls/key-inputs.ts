/** The inputs of the calls about keys. */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { CreditRefill } from '../../domain/credits.js';
import { KEY_STATUSES } from '../../domain/key.js';
import { CHOSEN_TOKEN_BITS, estimateSecretBits } from '../../domain/secret-strength.js';
import { DAY_MS } from '../../domain/time.js';
import { PATH_NAME } from '../request.js';
import { choice, described, fields, integer, nullish, optional } from '../shape.js';
import {
  anyScope,
  cost,
  description,
  duration,
  environmentName,
  instant,
  ipRules,
  keyIds,
  limitInputs,
  metadata,
  metadataFilter,
  name,
  operatorBounds,
  ownerFilter,
  ownerId,
  paging,
  pathOf,
  reason,
  resource,
  scopes,
  search,
  tags,
  tierFilter,
  tierName,
} from '../values.js';

const refillInput = v.pipe(
  fields(
    { name: 'RefillInput', description: 'How a budget refills.', example: { amount: 1000, every: 'month' } },
    {
      amount: described(integer(1, BOUNDS.credits), { form: {} }),
      mode: optional(choice(['set', 'add']), {
        form: { label: 'Refill' },
        description: '`set` (the default): back to `amount`. `add`: so many more.',
      }),
      every: described(v.union([v.string(), v.number()], 'Use "month", or a duration of at least 1 second.'), {
        description: 'A duration of at least 1 second, such as `"1d"`; or `"month"`: on `day` of each calendar month, UTC.',
        form: { help: '1d, 12h, or month' },
        example: 'month',
        json: { type: ['string', 'integer'], minimum: BOUNDS.refillMs, maximum: BOUNDS.durationMs },
      }),
      day: optional(integer(1, 31), {
        description: 'Only with `"month"`: 1 to 31, by default 1. A month with fewer days refills on its last.',
      }),
    },
  ),
  v.rawTransform<RefillGiven, CreditRefill>(({ dataset, addIssue, NEVER }) => {
    const { amount, mode = 'set', every, day } = dataset.value;
    const refuse = (field: string, message: string) => {
      addIssue({ message, path: pathOf(`/${field}`, dataset.value) });
      return NEVER;
    };
    if (every === 'month') return { amount, mode, every, day: day ?? 1 };
    if (day !== undefined) return refuse('day', 'Give a day only with every: "month".');
    const interval = v.safeParse(duration(BOUNDS.refillMs), every);
    if (!interval.success) return refuse('every', 'Use "month", or a duration of at least 1 second.');
    return { amount, mode, every: 'interval', intervalMs: interval.output };
  }),
);

interface RefillGiven {
  readonly amount: number;
  readonly mode?: 'set' | 'add' | undefined;
  readonly every: string | number;
  readonly day?: number | undefined;
}

const balance = integer(0, BOUNDS.credits, { form: { label: 'Credits left' } });

const REFILL = { value: 'refill', help: 'how the budget refills' };

const creditsInput = fields(
  { name: 'CreditsInput', description: 'A budget of credits.' },
  {
    remaining: described(balance, { option: { name: 'credits', value: 'number', help: 'a budget that verifications spend' } }),
    refill: nullish(refillInput, { option: REFILL }),
  },
);

const updateCreditsInput = fields(
  { name: 'UpdateCreditsInput', description: '`remaining` sets the budget, `add` changes it; not both.' },
  {
    remaining: optional(balance, { option: { name: 'credits', value: 'number', help: 'sets the budget' } }),
    add: optional(integer(-BOUNDS.credits, BOUNDS.credits), {
      option: { name: 'add-credits', value: 'number', help: 'changes the budget by so many, such as 500 or -20' },
      description: 'Added to what remains, which stays within its bounds: a sum that is too large is refused.',
    }),
    refill: nullish(refillInput, { option: REFILL }),
  },
);

export const expiry = {
  expiresAt: nullish(instant, {
    description: 'The key is valid until this instant, which lies in the future; null for no end. Not together with `expiresIn`.',
    form: { label: 'Date and time' },
    option: { value: 'time', help: 'until when it is valid, such as 2027-01-01T00:00:00Z' },
  }),
  expiresIn: optional(duration(1), {
    description: 'The key is valid for this long. Not together with `expiresAt`.',
    form: { label: 'Expires' },
    option: { value: 'duration', help: 'how long it is valid, such as 90d' },
  }),
  notBefore: nullish(instant, {
    description: 'The key is valid from this instant on.',
    option: { value: 'time', help: 'from when it is valid' },
  }),
};

/** The fields that a new key and a changed one share. */
const keyFields = {
  description: nullish(description, {
    description: 'More about the key, for people: 1 to 500 characters, in one line or several; null for none. Lists do not search it.',
    option: { value: 'text', help: 'more about it, for people' },
    form: { help: 'More about the key, for the next person who looks at it.' },
  }),
  tier: nullish(tierName, {
    description: 'The tier, which must exist; null for none.',
    option: { value: 'name', help: 'its tier' },
    form: { help: 'A set of limits that keys share.' },
  }),
  scopes: optional(scopes, {
    description: 'The scopes that the key holds; by default none.',
    option: { name: 'scope', value: 'scopes', help: 'a scope that it holds; may be repeated' },
    form: { help: 'What the key may do, such as articles:read or articles:*. Enter adds one.' },
  }),
  tags: optional(tags, {
    description: 'Up to 20 tags, by which lists find the key; by default none. They replace the tags that the key has.',
    option: { name: 'tag', value: 'tags', help: 'a tag to find it by; may be repeated' },
    form: { help: 'Words to find the key by, such as team:payments. Enter adds one.' },
  }),
  ...expiry,
  ipRules: optional(ipRules, {
    option: { name: 'ip', value: 'rules', help: 'an IP address or CIDR block that may use it; may be repeated' },
    form: { label: 'IP allowlist', help: 'IP addresses or networks, such as 203.0.113.7 or 2001:db8::/32. None: any IP address.' },
  }),
  limits: optional(limitInputs, {
    description: 'Rate limits of the key. A limit of the key replaces the limit of the tier with the same name.',
    option: { name: 'limit', value: 'limit', help: 'a rate limit of its own' },
    form: {
      label: 'Limits of the key',
      help: 'They add to the limits of the tier. A limit of the same name replaces the limit of the tier.',
    },
  }),
  metadata: optional(metadata, {
    option: { value: 'json', help: 'a JSON object of your own' },
    form: { help: 'A JSON object that every verdict carries.' },
  }),
  bounds: nullish(operatorBounds, {
    description: 'Only for the environment `operator`: the keys that the token reaches, and the scopes that it may give; null for all.',
  }),
};

const NAME = { help: 'The purpose of the key, so that others recognise it.' };

/** A token that was not made here. Nothing repeats it: problems say only what would be right. */
const chosenToken = v.pipe(
  v.string(),
  v.check(
    (text) => text.length >= 16 && text.length <= BOUNDS.tokenLength && /^[\x21-\x7e]+$/.test(text),
    `Use 16 to ${BOUNDS.tokenLength} visible ASCII characters without spaces.`,
  ),
  v.check(
    (text) => estimateSecretBits(text) >= CHOSEN_TOKEN_BITS,
    'Use a token that is harder to guess, such as a random UUID; or leave it out, and one is made.',
  ),
  v.metadata({ name: 'ChosenToken', json: { minLength: 16, maxLength: BOUNDS.tokenLength, writeOnly: true } }),
);

export const createKeyInput = fields(
  { name: 'CreateKeyInput', example: { name: 'CI of the shop', owner: 'team-7', scopes: ['articles:read'], expiresIn: '90d' } },
  {
    name: described(name, {
      description: 'The purpose of the key: 1 to 100 characters.',
      option: { value: 'name', help: 'what the key is for' },
      form: NAME,
    }),
    owner: described(ownerId, {
      description: 'The id, in your application, of the owner: 1 to 128 visible characters.',
      option: { value: 'id', help: 'the owner that it belongs to' },
      form: { help: 'The id of a person, team or service.' },
    }),
    environment: optional(environmentName, {
      description: 'The environment that the key is of; by default the first one that is configured.',
      option: { value: 'name', help: 'the environment that it is of, such as live or test' },
      form: { help: 'A part of the token. Other environments refuse it.' },
    }),
    credits: nullish(creditsInput, { description: 'A budget that verifications spend; by default none.' }),
    ...keyFields,
    token: optional(chosenToken, {
      description:
        'The token of the key, where it exists already or comes from elsewhere: 16 to 512 visible ASCII characters without spaces, of at least 100 bits by estimate, as a UUID version 4 has. It is stored as a digest alone. By default one is made.',
      option: { name: 'token-file', value: 'path', help: 'a file with the token, where it is not to be made' },
    }),
  },
);

export const updateKeyInput = fields(
  {
    name: 'UpdateKeyInput',
    description: 'Fields that are absent stay as they are.',
    example: { scopes: ['articles:read'] },
  },
  {
    name: optional(name, { option: { value: 'name', help: 'what the key is for' }, form: NAME }),
    credits: nullish(updateCreditsInput, { description: 'Null takes the budget away.' }),
    ...keyFields,
  },
);

export const rotateKeyInput = fields(
  { name: 'RotateKeyInput', example: { grace: '24h' } },
  {
    grace: optional(duration(), {
      description: 'How long the old secret stays valid, never beyond the expiry of the key; by default it ends at once.',
      option: { value: 'duration', help: 'how long the old token stays valid, such as 24h; by default it ends at once' },
      example: '24h',
    }),
    currentSecretId: optional(PATH_NAME, {
      description: 'Rotates only if this is still the current secret; otherwise the call conflicts.',
      option: { name: 'current-secret', value: 'id', help: 'only if this is still the current secret' },
    }),
  },
);

export const reasonInput = fields(
  { name: 'RevokeKeyInput', example: { reason: 'leaked in a chat' } },
  {
    reason: nullish(reason, { option: { value: 'text', help: 'why, for the audit log' } }),
  },
);

export const revokeKeysInput = fields(
  { name: 'RevokeKeysInput', example: { ids: ['key_4Yk2nQ8vT1xW7zB3'], reason: 'unused for a year' } },
  {
    ids: described(keyIds, { description: `1 to ${BOUNDS.keysPerCall} ids of keys.` }),
    reason: nullish(reason),
  },
);

/** By which keys are listed, and changed together. */
export const keyFilters = {
  owner: optional(ownerFilter, { description: 'Keys of this owner.', option: { value: 'id', help: 'keys of this owner' }, form: {} }),
  tier: optional(tierFilter, { description: 'Keys of this tier.', option: { value: 'name', help: 'keys of this tier' }, form: {} }),
  environment: optional(environmentName, {
    description: 'Keys of this environment.',
    option: { value: 'name', help: 'keys of this environment' },
    form: {},
  }),
  status: optional(choice(KEY_STATUSES), {
    type: 'KeyStatus',
    from: 'domain/key',
    option: { value: 'status', help: KEY_STATUSES.join(', ') },
    form: {},
  }),
  tags: optional(v.pipe(tags, v.minLength(1, 'Give at least one tag.')), {
    description: 'Keys that have all of these tags.',
    option: { name: 'tag', value: 'tags', help: 'keys with this tag; repeated: keys with all of them' },
    json: { minItems: 1, maxItems: BOUNDS.tags },
    form: {},
  }),
  metadata: optional(metadataFilter, {
    option: { value: 'field=value', help: 'keys whose metadata has this at its top level; up to three times' },
  }),
};

export const listKeysInput = fields(
  { name: 'ListKeysQuery', description: 'Which keys, and which page of them.' },
  {
    ...keyFilters,
    search: optional(search, {
      description:
        'A whole id, a hint or its last 4 characters, a token (nothing of it is kept; never in a URL), or a part of the name in any case. One or two characters are looked for among the first 50 000 keys of the list.',
      option: {
        value: 'text',
        help: 'a part of the name, an id, or a hint, whole or its last 4 characters; one or two characters are looked for among the first 50 000 keys of the list',
      },
      form: {},
    }),
    expiresWithin: optional(duration(), {
      description: 'Keys, neither revoked nor expired, that expire within this duration: the soonest first.',
      option: { value: 'duration', help: 'keys that expire within this duration, such as 30d: the soonest first' },
    }),
    unusedFor: optional(duration(DAY_MS), {
      description:
        'Keys, neither revoked nor expired, that are at least as old as this duration and were not used for so long: those that have been idle longest first. At least a day.',
      option: { value: 'duration', help: 'keys that were not used for this duration, such as 90d' },
    }),
    neverUsed: optional(v.boolean(), {
      description: 'Keys, neither revoked nor expired, that were never used.',
      option: { help: 'keys that were never used' },
    }),
    sort: optional(choice(['created', 'name', 'used', 'expires', 'requests']), {
      description:
        'The order of the list: by creation (the default), by name whatever the case, by last use (of a key that was never used, its creation), by expiry (a key that never expires counts as the latest), or by `requests`. Last uses and requests are noted for sorting about once a day. Not together with `expiresWithin` and `unusedFor`, which have an order of their own; only `created` together with `status` and `neverUsed`.',
      option: { value: 'field', help: 'by created (the default), name, used, expires or requests' },
      form: { label: 'Sort by' },
    }),
    order: optional(choice(['asc', 'desc']), {
      description: 'The direction; by default `asc` for `name` and `expires`, and `desc` for the others.',
      option: { value: 'direction', help: 'asc or desc' },
      form: {},
    }),
    ...paging,
  },
);

export const explainKeyInput = fields(
  { name: 'ExplainKeyInput', example: { scopes: ['articles:read'], ip: '203.0.113.9' } },
  {
    environment: optional(environmentName, { form: {} }),
    scopes: optional(scopes, { description: 'Scopes that the key must hold, all of them.', form: { label: 'All of these scopes' } }),
    anyScope: optional(anyScope, {
      description: 'Scopes of which the key must hold at least one.',
      form: { label: 'One of these scopes' },
    }),
    ip: nullish(v.string(), { description: "The caller's IP address; null where it cannot be read.", form: { label: 'IP address' } }),
    cost: optional(cost),
    resource: optional(resource),
  },
);

/** The fields of a key that was issued elsewhere, without its secret. */
const { token: _token, ...importedFields } = createKeyInput.entries;

export const importedKeyInput = fields({}, { ...importedFields, secret: v.unknown() });
