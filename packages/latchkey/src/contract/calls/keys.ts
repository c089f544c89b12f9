/** The calls about keys. */
import type { Call, CallsOf } from '../call.js';
import { BULK_CALLS } from './key-bulk.js';
import {
  createKeyInput,
  explainKeyInput,
  listKeysInput,
  reasonInput,
  revokeKeysInput,
  rotateKeyInput,
  updateKeyInput,
} from './key-inputs.js';
import { changedKey, createdKey, keyLimits, keyPage, keyView, revokedKeys, rotatedKey } from './key-views.js';
import { verdict } from './verification.js';

const FOUND = [404];
const ENDED = ['key_revoked', 'key_expired'] as const;

/** A change of one key that is final or reversible, with a reason for the audit log. */
function switches(id: string, summary: string, conflicts: Call['conflicts'] = []): Call {
  return {
    id,
    summary,
    scope: 'keys:write',
    input: reasonInput,
    output: changedKey,
    gives: CHANGE,
    effect: 'takes away',
    problems: FOUND,
    conflicts,
  };
}

const CHANGE = 'The key as it is now, and how far the change has reached';

export const KEY_CALLS: CallsOf<'keys'> = {
  create: {
    id: 'createKey',
    summary: 'Create a key',
    description: 'Returns the key and its token: the only time that the token is shown.',
    scope: 'keys:write',
    input: createKeyInput,
    output: createdKey,
    gives: 'The key and its token',
    effect: 'creates',
    repeatable: true,
    problems: FOUND,
    conflicts: ['too_many_keys', 'already_imported'],
  },
  get: { id: 'getKey', summary: 'Read a key', scope: 'keys:read', output: keyView, gives: 'The key', effect: 'reads', problems: FOUND },
  list: {
    id: 'listKeys',
    summary: 'List and search keys, by default the newest first',
    description: 'With `expiresWithin` or `unusedFor`, the most urgent come first.',
    scope: 'keys:read',
    input: listKeysInput,
    output: keyPage,
    gives: 'A page of keys',
    effect: 'reads',
    tagged: true,
    walked: true,
  },
  update: {
    id: 'updateKey',
    summary: 'Change a key',
    scope: 'keys:write',
    input: updateKeyInput,
    output: changedKey,
    gives: CHANGE,
    effect: 'takes away',
    problems: FOUND,
    conflicts: ENDED,
  },
  rotate: {
    id: 'rotateKey',
    summary: 'Give a key a new token',
    description: 'Id, scopes, limits, credits and usage stay. The old token stays valid for the grace period asked for.',
    scope: 'keys:write',
    input: rotateKeyInput,
    output: rotatedKey,
    gives: 'The key and its new token, and how far the end of the old one has reached',
    effect: 'takes away',
    repeatable: true,
    problems: FOUND,
    conflicts: [...ENDED, 'rotated_meanwhile', 'too_many_secrets'],
  },
  revoke: switches('revokeKey', 'Revoke a key permanently'),
  disable: switches('disableKey', 'Disable a key until it is enabled again', ENDED),
  enable: switches('enableKey', 'Enable a disabled key', ENDED),
  retireSecret: {
    id: 'retireSecret',
    summary: 'End at once a secret that a rotation left valid',
    description: 'Conflicts for the current secret; safe to repeat.',
    scope: 'keys:write',
    output: changedKey,
    gives: CHANGE,
    effect: 'takes away',
    problems: FOUND,
    conflicts: ['current_secret'],
  },
  revokeMany: {
    id: 'revokeKeys',
    summary: 'Revoke up to 100 keys permanently',
    description: 'All as one change. Keys that do not exist, or are revoked already, are named and left alone.',
    scope: 'keys:write',
    input: revokeKeysInput,
    output: revokedKeys,
    gives: 'The outcome for each key, in the order asked, and how far the change has reached',
    effect: 'takes away',
  },
  ...BULK_CALLS,
  limits: {
    id: 'readKeyLimits',
    summary: 'Read the state of the limits and credits of a key',
    description: 'Charges nothing.',
    scope: 'keys:read',
    output: keyLimits,
    gives: 'Its limits and credits',
    effect: 'reads',
    problems: FOUND,
  },
  explain: {
    id: 'explainKey',
    summary: 'Explain step by step the verdict that the current token of a key would get',
    description: 'Charges and records nothing.',
    scope: 'keys:read',
    input: explainKeyInput,
    output: verdict,
    gives: 'The verdict, with its steps',
    effect: 'reads',
    problems: FOUND,
  },
};
