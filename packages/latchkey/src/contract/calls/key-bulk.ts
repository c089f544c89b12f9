/** The calls that change all keys that a filter admits. */
import * as v from 'valibot';
import { BOUNDS } from '../../domain/bounds.js';
import type { Call } from '../call.js';
import { expiry, keyFilters } from './key-inputs.js';
import { described, fields, integer, nullish, optional } from '../shape.js';
import { count, propagation, reason } from '../values.js';

const SOME_FILTER = 'Give at least one filter.';

const where = v.pipe(
  v.strictObject(keyFilters, SOME_FILTER),
  v.metadata({
    name: 'KeyFilter',
    description: 'Filters, at least one: the keys that all of them admit.',
    example: { tags: ['team:payments'], status: 'active' },
  }),
  v.check((filters) => Object.values(filters).some((each) => each !== undefined), SOME_FILTER),
);

const confirmation = {
  expect: optional(integer(0, BOUNDS.keysPerFilter), {
    description:
      'The number of keys that the call changes, as `matched` of a call with `dryRun` told it. The call conflicts, and changes nothing, if it is another one by now.',
    option: { value: 'number', help: 'how many keys it changes, as --dry-run told' },
  }),
  dryRun: optional(v.boolean(), {
    description:
      'Changes nothing, and returns how many keys the filters admit; only the change itself checks whether each of them may be changed. Give either this or `expect`.',
    option: { help: 'change nothing, and tell how many keys the filters admit' },
  }),
  reason: nullish(reason, { option: { value: 'text', help: 'why, for the audit log' } }),
};

export const changeWhereInput = fields(
  { name: 'ChangeWhereInput', example: { where: { tags: ['old'] }, expect: 42, reason: 'unused for a year' } },
  { where, ...confirmation },
);

export const extendWhereInput = fields(
  { name: 'ExtendWhereInput', example: { where: { owner: 'team-7' }, expiresIn: '90d', expect: 42 } },
  { where, expiresAt: expiry.expiresAt, expiresIn: expiry.expiresIn, ...confirmation },
);

const changedWhere = fields(
  { name: 'ChangedWhere' },
  {
    matched: described(count, { description: 'How many keys the filters admit: the number to `expect`.' }),
    changed: described(count, { description: 'The keys that this call changed; 0 for a dry run.' }),
    propagation,
  },
);

const ALL_OR_NONE = `All as one change, of at most ${BOUNDS.keysPerFilter} keys: every key is changed, or none. A first call with \`dryRun\` counts them, and the second says that number as \`expect\`. The audit log has an entry for each key.`;

function changesWhere(call: Pick<Call, 'id' | 'summary' | 'input'> & { readonly which: string }): Call {
  const { which, ...rest } = call;
  return {
    ...rest,
    description: `${ALL_OR_NONE} ${which}`,
    scope: 'keys:write',
    output: changedWhere,
    gives: 'How many keys were changed, and how far the change has reached',
    effect: 'takes away',
    conflicts: ['count_changed'],
  };
}

export const BULK_CALLS = {
  revokeWhere: changesWhere({
    id: 'revokeKeysWhere',
    summary: 'Revoke all keys that a filter admits permanently',
    input: changeWhereInput,
    which: 'Keys that are revoked already do not count.',
  }),
  disableWhere: changesWhere({
    id: 'disableKeysWhere',
    summary: 'Disable all keys that a filter admits',
    input: changeWhereInput,
    which: 'Keys that are disabled, revoked or expired already do not count.',
  }),
  extendWhere: changesWhere({
    id: 'extendKeysWhere',
    summary: 'Set the expiry of all keys that a filter admits',
    input: extendWhereInput,
    which: 'Keys that are revoked or expired already do not count.',
  }),
};
