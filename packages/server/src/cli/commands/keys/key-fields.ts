/** The options that a new key and a changed key share. */
import type { Command } from 'commander';
import type { CreateKeyInput, LimitInput, RefillInput, UpdateKeyInput } from 'latchkey';
import type { AdminOptions } from '../../admin-command.js';
import { LIMIT_FORM, REFILL_FORM, collect, jsonObject, limits, refill, wholeNumber } from '../../inputs.js';

export interface FieldOptions extends AdminOptions {
  readonly tier?: string;
  readonly scope?: readonly string[];
  readonly expiresAt?: string;
  readonly expiresIn?: string;
  readonly notBefore?: string;
  readonly ip?: readonly string[];
  readonly limit?: readonly LimitInput[];
  readonly credits?: number;
  readonly refill?: RefillInput;
  readonly metadata?: CreateKeyInput['metadata'];
  readonly boundEnvironment?: readonly string[];
  readonly boundOwner?: readonly string[];
  readonly boundTier?: readonly string[];
  readonly boundGrant?: readonly string[];
}

/** What both a new and a changed key take. */
export function withFields(command: Command): Command {
  return command
    .option('--tier <name>', 'the tier whose limits hold')
    .option('--scope <scopes>', 'a scope such as articles:read; may be repeated', collect)
    .option('--expires-in <duration>', 'how long it is valid, such as 90d')
    .option('--expires-at <time>', 'until when it is valid, such as 2027-01-01T00:00:00Z')
    .option('--not-before <time>', 'from when it is valid')
    .option('--ip <rules>', 'an address or CIDR block it may be used from; may be repeated', collect)
    .option('--limit <limit>', `a limit of its own, as ${LIMIT_FORM}; may be repeated`, limits)
    .option('--credits <number>', 'a budget that is spent down', wholeNumber)
    .option('--refill <refill>', `how the budget refills, as ${REFILL_FORM}`, refill)
    .option('--metadata <json>', 'a JSON object of your own', jsonObject)
    .option('--bound-environment <names>', 'for operator tokens: the environments whose keys it sees; may be repeated', collect)
    .option('--bound-owner <ids>', 'for operator tokens: the owners whose keys it sees; may be repeated', collect)
    .option('--bound-tier <names>', 'for operator tokens: the tiers whose keys it sees; may be repeated', collect)
    .option('--bound-grant <scopes>', 'for operator tokens: the scopes that it may give to keys; may be repeated', collect);
}

export function fieldsOf(options: FieldOptions): Omit<UpdateKeyInput, 'name' | 'credits'> {
  const { tier, scope, expiresAt, expiresIn, notBefore, ip, limit, metadata } = options;
  return { tier, scopes: scope, expiresAt, expiresIn, notBefore, ipRules: ip, limits: limit, metadata, bounds: boundsOf(options) };
}

/** Undefined where no bound is named: an update leaves the bounds as they are then. */
function boundsOf({ boundEnvironment, boundOwner, boundTier, boundGrant }: FieldOptions): UpdateKeyInput['bounds'] {
  const bounds = { environments: boundEnvironment, owners: boundOwner, tiers: boundTier, grants: boundGrant };
  const given = Object.entries(bounds).filter(([, list]) => list !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
