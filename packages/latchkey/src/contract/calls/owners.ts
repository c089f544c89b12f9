/** The calls about owners. */
import * as v from 'valibot';
import type { Call, CallsOf } from '../call.js';
import { reasonInput } from './key-inputs.js';
import { described, fields, integer, list, nullable, nullish, optional } from '../shape.js';
import {
  count,
  description,
  limit,
  limitInputs,
  metadata,
  name,
  nextCursor,
  paging,
  propagation,
  search,
  time,
  timeOrNull,
} from '../values.js';

export const updateOwnerInput = fields(
  { name: 'UpdateOwnerInput', description: 'Fields that are absent stay as they are.', example: { name: 'Team 7', maxKeys: 10 } },
  {
    name: nullish(name, {
      description: 'A name for people; null for none.',
      option: { value: 'name', help: 'a name for people' },
      form: { help: 'Shown beside the id.' },
    }),
    description: nullish(description, {
      description: 'More about the owner, for people: 1 to 500 characters, in one line or several; null for none. Lists do not search it.',
      option: { value: 'text', help: 'more about it, for people' },
      form: { help: 'More about the owner, for the next person who looks at it.' },
    }),
    limits: optional(limitInputs, {
      description: 'Rate limits that all keys of the owner share.',
      option: { name: 'limit', value: 'limit', help: 'a rate limit that all its keys share' },
      form: { label: 'Limits shared by all keys', help: 'Every call of any key of this owner counts.' },
    }),
    maxKeys: nullish(integer(0, Number.MAX_SAFE_INTEGER), {
      description: 'Keys, neither revoked nor expired, that the owner may have; null for the configured default.',
      option: { value: 'number', help: 'how many keys it may have' },
      form: { label: 'Keys allowed', help: 'Neither revoked nor expired, at one time. Empty: the default of the service.' },
    }),
    metadata: optional(metadata, { option: { value: 'json', help: 'a JSON object of your own' } }),
  },
);

export const listOwnersInput = fields(
  { name: 'ListOwnersQuery', description: 'Which owners, and which page of them.' },
  {
    search: optional(search, {
      description: 'A part of the id or the name.',
      option: { value: 'text', help: 'a part of the id or the name' },
      form: {},
    }),
    ...paging,
  },
);

const revokingView = fields(
  {
    name: 'RevokingView',
    description:
      'A revocation of all keys of an owner. Each of them is refused, and shown as revoked, since `at`. Their records follow in batches: until they have, lists that filter by status, and counts over all owners, still take them for what they were.',
  },
  {
    at: time,
    keys: described(count, { description: 'The keys that it revokes.' }),
    left: described(count, { description: 'Those of them whose records do not say so yet.' }),
  },
);

const ownerView = fields(
  { name: 'OwnerView' },
  {
    id: v.string(),
    name: nullable(v.string()),
    description: nullable(v.string()),
    status: v.picklist(['active', 'suspended']),
    limits: list(limit),
    maxKeys: nullable(count),
    metadata,
    createdAt: time,
    suspendedAt: timeOrNull,
    suspendedReason: nullable(v.string()),
    keys: described(fields({}, { total: count, live: count }), { description: '`live`: neither revoked nor expired.' }),
    version: described(count, {
      description:
        'Rises with each change that somebody makes to the owner: of its fields, and when it is suspended or resumed. Its keys leave it. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this version.',
    }),
    revoking: nullable(revokingView, { description: 'How far a revocation of all keys has come; null where none is under way.' }),
  },
);

const ownerPage = fields({ name: 'OwnerPage' }, { data: list(ownerView), nextCursor });

const changedOwner = fields(
  { name: 'ChangedOwner', description: 'The owner as it is now, and how far the change has reached.' },
  { owner: ownerView, propagation },
);

const revokedAll = fields(
  { name: 'RevokedAll' },
  { owner: ownerView, revoked: described(count, { description: 'How many keys this call revoked.' }), propagation },
);

const CHANGE = 'The owner as it is now, and how far the change has reached';
const FOUND = [404];

function switches(id: string, summary: string): Call {
  return {
    id,
    summary,
    scope: 'owners:write',
    input: reasonInput,
    output: changedOwner,
    gives: CHANGE,
    effect: 'takes away',
    problems: FOUND,
  };
}

export const OWNER_CALLS: CallsOf<'owners'> = {
  get: {
    id: 'getOwner',
    summary: 'Read an owner',
    scope: 'owners:read',
    output: ownerView,
    gives: 'The owner',
    effect: 'reads',
    problems: FOUND,
  },
  list: {
    id: 'listOwners',
    summary: 'List and search owners',
    scope: 'owners:read',
    input: listOwnersInput,
    output: ownerPage,
    gives: 'A page of owners',
    effect: 'reads',
    tagged: true,
    walked: true,
  },
  update: {
    id: 'updateOwner',
    summary: 'Change an owner',
    description: 'Creates the record if there is none and there is anything to write.',
    scope: 'owners:write',
    input: updateOwnerInput,
    output: changedOwner,
    gives: CHANGE,
    effect: 'takes away',
    problems: FOUND,
  },
  suspend: switches('suspendOwner', 'Suspend all keys of an owner'),
  resume: switches('resumeOwner', 'Resume the keys of a suspended owner'),
  revokeAll: {
    id: 'revokeAllKeysOfOwner',
    summary: 'Revoke every key of an owner permanently',
    description:
      'Keys that are revoked already stay as they are. Every key is refused when this is answered, however many there are. The records of more than 100 keys follow in batches: `owner.revoking` says how many are left, and the audit log has one entry for each batch, which names its keys.',
    scope: 'owners:write',
    input: reasonInput,
    output: revokedAll,
    gives: 'The owner, and how many keys this call revoked',
    effect: 'takes away',
    problems: FOUND,
  },
};
