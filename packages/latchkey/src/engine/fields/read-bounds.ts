/** The bounds of an operator token, as people write them, and which scopes a bounded token may hold. */
import { OPERATOR_ENVIRONMENT, OPERATOR_SCOPES, type OperatorScope } from '../../domain/actor.js';
import { BOUNDS } from '../../domain/bounds.js';
import { BOUND_LISTS, type OperatorBounds } from '../../domain/operator-bounds.js';
import type { KeyRecord } from '../../domain/key.js';
import { grants, isKnownScope, isScope, knownScopesFormat, SCOPE_FORMAT } from '../../domain/scopes.js';
import { isTierName, normaliseOwnerId, SHORT_NAME_FORMAT } from '../../domain/text.js';
import type { FieldReader } from './key-input.js';
import { areTexts } from './takes.js';
import type { EngineSettings } from '../runtime/settings.js';

/** Scopes that a bounded token may hold. The others reach figures, entries and records of all keys, which nothing narrows. */
const BOUNDED_SCOPES: readonly OperatorScope[] = [
  'keys:read',
  'keys:write',
  'keys:verify',
  'owners:read',
  'owners:write',
  'tiers:read',
  'portal:write',
  'cluster:read',
  'settings:read',
];

/** Scopes about whole owners: beside bounds they need the owners to be named. */
const OWNER_BOUNDED_SCOPES: readonly OperatorScope[] = ['owners:read', 'owners:write', 'portal:write'];

const NAMES = [...BOUND_LISTS, 'grants'] as const;

/** Reads bounds; problems go to `fields`. Null: the token is not bound. */
export function readBounds(
  value: unknown,
  fields: FieldReader,
  { environments, scopes: known }: Pick<EngineSettings, 'environments' | 'scopes'>,
): OperatorBounds | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    fields.refuse('/bounds', 'Use an object such as {"environments": ["live"]}, or null.');
    return null;
  }
  const given = Object.entries(value).filter(([, list]) => list !== undefined);
  if (given.length === 0) fields.refuse('/bounds', `Give at least one of ${NAMES.join(', ')}, or null for a token that is not bound.`);
  const bounds: Partial<Record<(typeof NAMES)[number], readonly string[]>> = {};
  for (const [field, list] of given) {
    const name = NAMES.find((one) => one === field);
    if (name === undefined) {
      fields.refuse(/^\w{1,32}$/.test(field) ? `/bounds/${field}` : '/bounds', `There is no such bound; use ${NAMES.join(', ')}.`);
    } else if (!areTexts(list) || list.length > BOUNDS.operatorBoundEntries || (list.length === 0 && name !== 'grants')) {
      const least = name === 'grants' ? 0 : 1;
      fields.refuse(`/bounds/${name}`, `Use a list of ${least} to ${BOUNDS.operatorBoundEntries} texts.`);
    } else {
      bounds[name] = [...new Set(list.map((entry, index) => readEntry(entry, name, `/bounds/${name}/${index}`)))];
    }
  }
  return bounds;

  function readEntry(entry: string, name: (typeof NAMES)[number], at: string): string {
    switch (name) {
      case 'environments':
        if (entry !== OPERATOR_ENVIRONMENT && !environments.includes(entry))
          fields.refuse(at, `Use one of the configured environments: ${environments.join(', ')}; or ${OPERATOR_ENVIRONMENT}.`);
        return entry;
      case 'owners': {
        const owner = normaliseOwnerId(entry);
        if (owner.ok) return owner.value;
        fields.refuse(at, owner.problem);
        return entry;
      }
      case 'tiers':
        if (!isTierName(entry)) fields.refuse(at, `Use ${SHORT_NAME_FORMAT}.`);
        return entry;
      case 'grants':
        if (!isScope(entry)) fields.refuse(at, `Use ${SCOPE_FORMAT}.`);
        else if (known !== null && !isKnownScope(known, entry)) fields.refuse(at, `Use ${knownScopesFormat(known)}.`);
        return entry;
    }
  }
}

/** Refuses, to `fields`, bounds on a key that is no operator token, and scopes that bounds could not hold. */
export function checkBounds(
  { environment, scopes, bounds }: Pick<KeyRecord, 'environment' | 'scopes' | 'bounds'>,
  fields: FieldReader,
): void {
  if (bounds === null) return;
  if (environment !== OPERATOR_ENVIRONMENT) fields.refuse('/bounds', 'Only operator tokens are bound. Leave it out, or use null.');
  const held = OPERATOR_SCOPES.filter((scope) => grants(scopes, scope));
  const unbounded = held.filter((scope) => !BOUNDED_SCOPES.includes(scope));
  if (unbounded.length > 0) {
    fields.refuse('/scopes', `A bounded token cannot hold ${unbounded.join(', ')}: no bound narrows them. Name the scopes that it needs.`);
    return;
  }
  const ofOwners = held.filter((scope) => OWNER_BOUNDED_SCOPES.includes(scope));
  if (ofOwners.length === 0) return;
  if (bounds.owners === undefined) {
    fields.refuse('/bounds/owners', `Name the owners: a bounded token with ${ofOwners.join(', ')} reaches whole owners.`);
    return;
  }
  const allowed = ofOwners.includes('portal:write') ? ['owners'] : ['owners', 'grants'];
  for (const name of Object.keys(bounds).filter((one) => !allowed.includes(one))) {
    fields.refuse(`/bounds/${name}`, `Leave it out beside ${ofOwners.join(', ')}: these reach all keys of an owner.`);
  }
}
