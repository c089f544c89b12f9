/** The calls of self-service: what owners do with their own keys. Text speaks to the owner. */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { Call, CallsOf } from '../call.js';
import { createKeyInput, listKeysInput, reasonInput, rotateKeyInput } from './key-inputs.js';
import { createdKey, secretView } from './key-views.js';
import { choice, described, fields, list, nullable, optional } from '../shape.js';
import { ownUsageInput, usageReport } from './usage.js';
import { boundedText, count, ipRules, name, nextCursor, portalAllow, propagation, texts, time, timeOrNull } from '../values.js';

const OWN_KEY_STATUSES = ['active', 'disabled', 'revoked', 'expired', 'scheduled'] as const;

const { name: newName, scopes, environment, expiresAt, expiresIn, ipRules: newIpRules } = createKeyInput.entries;

export const createOwnKeyInput = fields(
  { name: 'CreateOwnKeyInput', example: { name: 'CI of the shop', scopes: ['articles:read'], expiresIn: '90d' } },
  {
    name: newName,
    scopes,
    tier: optional(boundedText(BOUNDS.shortNameLength), { description: 'A tier that you may choose.', form: {} }),
    environment,
    expiresAt,
    expiresIn,
    ipRules: newIpRules,
  },
);

export const updateOwnKeyInput = fields(
  { name: 'UpdateOwnKeyInput', description: 'Fields that are absent stay as they are.', example: { name: 'CI of the shop' } },
  {
    name: optional(name, { form: {} }),
    ipRules: optional(ipRules, {
      description: 'Rules within those that the key has, or any if it has none: a key can be narrowed, and not widened.',
    }),
  },
);

export const rotateOwnKeyInput = fields({ name: 'RotateOwnKeyInput', example: { grace: '24h' } }, { grace: rotateKeyInput.entries.grace });

export const listOwnKeysInput = fields(
  { name: 'ListOwnKeysQuery', description: 'Which of your keys, and which page of them.' },
  {
    search: listKeysInput.entries.search,
    limit: listKeysInput.entries.limit,
    cursor: listKeysInput.entries.cursor,
  },
);

const ownKeyView = fields(
  { name: 'OwnKeyView' },
  {
    id: v.string(),
    name: v.string(),
    hint: v.string(),
    preview: described(v.string(), {
      description: 'The prefix, the environment, and asterisks for the rest.',
      example: 'acme_live_****************',
    }),
    status: choice(OWN_KEY_STATUSES, { description: 'The keys of an owner that is suspended are `disabled`.' }),
    environment: v.string(),
    tier: nullable(v.string()),
    scopes: texts,
    ipRules: texts,
    createdAt: time,
    notBefore: timeOrNull,
    expiresAt: timeOrNull,
    daysUntilExpiry: nullable(count, { description: 'Whole days, rounded up; 0 once the key has expired; null where it never expires.' }),
    lastUsedAt: timeOrNull,
    revokedAt: timeOrNull,
    version: described(count, {
      description:
        'Rises with each change of the key. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this version.',
    }),
    secrets: list(secretView, { description: 'The current one first, then the newest; ten at most, among them every valid one.' }),
  },
);

const ownKeyPage = fields(
  { name: 'OwnKeyPage', description: 'The newest first.' },
  {
    data: list(ownKeyView),
    total: described(count, { description: 'All keys of the owner, whatever was searched for.' }),
    active: described(count, { description: 'Those of them that are active.' }),
    nextCursor,
  },
);

const changedOwnKey = fields({ name: 'ChangedOwnKey' }, { key: ownKeyView, propagation });

const { token, tokenAlreadyShown, replayed } = createdKey.entries;

const createdOwnKey = fields(
  { name: 'CreatedOwnKey', description: 'A key of yours with its token: the only time that the token is shown.' },
  { key: ownKeyView, token, tokenAlreadyShown, replayed },
);

const rotatedOwnKey = fields({ name: 'RotatedOwnKey' }, { ...createdOwnKey.entries, propagation });

const ownPolicy = fields(
  { name: 'OwnPolicy', description: 'The choices that an owner has, with every default filled in.' },
  {
    scopes: texts,
    tiers: described(texts, { description: 'Empty if there is no choice.' }),
    defaultTier: nullable(v.string()),
    environments: described(texts, { description: 'The default one first.' }),
    maxExpiry: described(v.string(), { description: 'A duration such as `"1y"`.' }),
    defaultExpiry: described(v.string(), { description: 'A duration such as `"90d"`.' }),
    neverExpires: v.boolean(),
    maxKeys: described(count, { description: 'Keys, neither revoked nor expired, that this owner may have.' }),
  },
);

const ownAccount = fields(
  { name: 'OwnAccount' },
  {
    ownerId: v.string(),
    ownerName: nullable(v.string(), { description: 'Null if the owner has no name.' }),
    allow: described(portalAllow, { description: 'The actions that this session or JWT allows.', only: 'json' }),
    policy: ownPolicy,
  },
);

const CHANGE = 'The key as it is now, and how far the change has reached';

/** Every call about keys of one's own may find none. */
function own(call: Omit<Call, 'scope'>): Call {
  return { scope: null, ...call };
}

export const OWN_KEY_CALLS: CallsOf<'ownKeys'> = {
  account: own({
    id: 'readMe',
    summary: 'Read who you are, and what you may choose',
    output: ownAccount,
    gives: 'The owner, and what it may do',
    effect: 'reads',
  }),
  list: own({
    id: 'listOwnKeys',
    summary: 'List your keys, the newest first',
    input: listOwnKeysInput,
    output: ownKeyPage,
    gives: 'A page of keys, and how many there are',
    effect: 'reads',
    tagged: true,
  }),
  get: own({ id: 'getOwnKey', summary: 'Read a key of yours', output: ownKeyView, gives: 'The key', effect: 'reads' }),
  create: own({
    id: 'createOwnKey',
    summary: 'Create a key of your own',
    description: 'Returns the key and its token: the only time that the token is shown. The service says what you may choose.',
    needs: 'create',
    input: createOwnKeyInput,
    output: createdOwnKey,
    gives: 'The key and its token',
    effect: 'creates',
    repeatable: true,
    conflicts: ['too_many_keys'],
  }),
  update: own({
    id: 'updateOwnKey',
    summary: 'Rename a key of yours, or narrow the addresses that may use it',
    needs: 'rename',
    input: updateOwnKeyInput,
    output: changedOwnKey,
    gives: 'The key as it is now',
    effect: 'changes',
    conflicts: ['key_revoked', 'key_expired'],
  }),
  rotate: own({
    id: 'rotateOwnKey',
    summary: 'Give a key of yours a new token',
    description: 'Everything else of the key stays as it is. The old token stays valid for the grace period asked for.',
    needs: 'rotate',
    input: rotateOwnKeyInput,
    output: rotatedOwnKey,
    gives: 'The key and its new token',
    effect: 'changes',
    repeatable: true,
    conflicts: ['key_revoked', 'key_expired', 'rotated_meanwhile', 'too_many_secrets'],
  }),
  retireSecret: own({
    id: 'retireOwnSecret',
    summary: 'End at once an old token of a key of yours that a rotation left valid',
    description: 'Conflicts for the current one; safe to repeat.',
    needs: 'rotate',
    output: changedOwnKey,
    gives: CHANGE,
    effect: 'changes',
    conflicts: ['current_secret'],
  }),
  revoke: own({
    id: 'revokeOwnKey',
    summary: 'Revoke a key of yours permanently',
    needs: 'revoke',
    input: reasonInput,
    output: changedOwnKey,
    gives: CHANGE,
    effect: 'changes',
  }),
  usage: own({
    id: 'readOwnUsage',
    summary: 'Read verifications of your keys by hour or day, and by outcome',
    description: 'Of one key, or of all of yours. By default the last 30 days.',
    needs: 'usage',
    input: ownUsageInput,
    output: usageReport,
    gives: 'The figures',
    effect: 'reads',
  }),
};
