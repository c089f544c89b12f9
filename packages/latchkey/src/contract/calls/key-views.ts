/** The outputs of the calls about keys. */
import * as v from 'valibot';
import { KEY_STATUSES } from '../../domain/key.js';
import { LIMIT_ALGORITHMS } from '../../domain/limit.js';
import { described, fields, list, nullable } from '../shape.js';
import { count, limit, metadata, nextCursor, operatorBounds, propagation, texts, time, timeOrNull } from '../values.js';

const creditsView = fields(
  { name: 'CreditsView' },
  {
    remaining: v.number(),
    refill: nullable(
      fields(
        {},
        {
          amount: v.number(),
          mode: v.picklist(['set', 'add']),
          every: v.string(),
          day: v.exactOptional(v.number()),
        },
      ),
    ),
    nextRefillAt: timeOrNull,
  },
);

export const secretView = fields(
  { name: 'SecretView', description: 'The visible part of one token of a key.' },
  { id: v.string(), hint: v.string(), createdAt: time, validUntil: timeOrNull, lastUsedAt: timeOrNull },
);

export const keyView = fields(
  { name: 'KeyView' },
  {
    id: v.string(),
    name: v.string(),
    description: nullable(v.string()),
    owner: v.string(),
    tier: nullable(v.string()),
    environment: v.string(),
    scopes: texts,
    tags: described(texts, { description: 'In lower case, each once, in the order of their characters.' }),
    hint: described(v.string(), { description: 'The prefix, the environment and the last 4 characters of the current token.' }),
    status: described(v.picklist(KEY_STATUSES), { type: 'KeyStatus', from: 'domain/key' }),
    createdAt: time,
    createdBy: v.string(),
    notBefore: timeOrNull,
    expiresAt: timeOrNull,
    daysUntilExpiry: nullable(count, { description: 'Whole days, rounded up; 0 once the key has expired; null where it never expires.' }),
    lastUsedAt: timeOrNull,
    lastUsedFrom: nullable(fields({}, { address: nullable(v.string()), userAgent: nullable(v.string()) })),
    requests: described(count, { description: 'How often it was accepted; a verification counts once its node has written its figures.' }),
    revokedAt: timeOrNull,
    revokedBy: nullable(v.string()),
    revokedReason: nullable(v.string()),
    ipRules: texts,
    limits: list(limit),
    credits: nullable(creditsView),
    metadata,
    version: described(count, {
      description:
        'Rises with each change that somebody makes to the key: of its fields, its credits, its tokens or its state. Uses, time, its owner and its tier leave it. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this version.',
    }),
    bounds: nullable(operatorBounds, { description: 'The bounds of an operator token; null for every other key.' }),
    secrets: list(secretView, {
      description: 'The current one first, then the newest; ten at most, among them every valid one.',
    }),
  },
);

export const createdKey = fields(
  { name: 'CreatedKey', description: 'A key with its token: the only time that the token is shown.' },
  {
    key: keyView,
    token: described(nullable(v.string()), {
      description: 'The token. Null only in the answer to a repeated call that can no longer show it.',
      type: 'Token',
      from: 'domain/token',
    }),
    tokenAlreadyShown: v.exactOptional(
      described(v.boolean(), { description: 'True where a repeated answer no longer shows the token.', only: 'json' }),
    ),
    replayed: described(v.boolean(), {
      description: 'True if this repeats the answer to an earlier call with the same idempotency key.',
      only: 'library',
    }),
  },
);

export const rotatedKey = fields(
  { name: 'RotatedKey', description: 'A key with its new token, and how far the end of the old one has reached.' },
  { ...createdKey.entries, propagation },
);

export const changedKey = fields(
  { name: 'ChangedKey', description: 'The key as it is now, and how far the change has reached.' },
  { key: keyView, propagation },
);

export const keyPage = fields(
  { name: 'KeyPage' },
  {
    data: list(keyView),
    nextCursor,
    total: v.exactOptional(
      described(count, { description: 'How many keys the list has; only on its first page, and only where that costs little to know.' }),
    ),
  },
);

export const keyLimits = fields(
  { name: 'KeyLimits', description: 'The state of the limits and credits of a key. Reading it charges nothing.' },
  {
    limits: list(
      fields(
        { name: 'LimitStanding' },
        {
          name: v.string(),
          limit: count,
          remaining: described(count, { description: 'Whole units that could be taken at once, right now.' }),
          resetAt: described(time, { description: 'When the limit is entirely free again.' }),
          algorithm: described(v.picklist(LIMIT_ALGORITHMS), { type: 'LimitAlgorithm', from: 'domain/limit' }),
          windowMs: count,
          burst: v.exactOptional(count),
          of: described(v.picklist(['key', 'tier', 'owner']), {
            description:
              'The source of the limit. A limit of the key replaces the limit of the tier with the same name; all keys of an owner share its limits.',
          }),
        },
      ),
    ),
    credits: nullable(fields({}, { remaining: count, nextRefillAt: timeOrNull }), { description: 'Null for a key without a budget.' }),
    degraded: v.boolean(),
  },
);

export const revokedKeys = fields(
  { name: 'RevokedKeys', description: 'The outcome for each key, in the order asked. All of it is one change.' },
  {
    results: list(
      fields(
        {},
        {
          id: v.string(),
          revoked: described(v.boolean(), { description: 'True if this call revoked it.' }),
          code: v.exactOptional(described(v.picklist(['not_found', 'already_revoked', 'forbidden']), { description: 'Why not.' })),
        },
      ),
    ),
    propagation,
  },
);
