/** What each call of the library takes: the shapes of its arguments. */
import { ADDRESSES, parametersOf, type Address } from '../contract/index.js';
import type { KeyUseCases, OwnerUseCases, TierUseCases } from './changes/context.js';
import type { Sessions, Usage } from './api/index.js';
import type { Shape, Shapes } from './fields/takes.js';

/** The names in the path are text; what a call takes beside them it reads by its own shape in the contract. */
function addressed(addresses: Readonly<Record<string, Address>>): Readonly<Record<string, readonly Shape[]>> {
  return Object.fromEntries(
    Object.entries(addresses).map(([name, { path, input }]) => [
      name,
      [...parametersOf(path).map((): Shape => 'text'), ...(input === undefined ? [] : ['any' as const])],
    ]),
  );
}

/** The names of the calls that take `ifMatch`. */
export const CONDITIONAL_KEY_CALLS: ReadonlySet<string> = new Set(
  Object.entries<Address>(ADDRESSES.keys).flatMap(([name, { conditional }]) => (conditional === true ? [name] : [])),
);

export const KEY_CALLS = { ...addressed(ADDRESSES.keys), import: ['any'] } as unknown as Shapes<KeyUseCases>;

export const OWNER_CALLS = addressed(ADDRESSES.owners) as unknown as Shapes<OwnerUseCases>;

export const TIER_CALLS = addressed(ADDRESSES.tiers) as unknown as Shapes<TierUseCases>;

export const USAGE_CALLS: Shapes<Usage> = {
  read: ['fields'],
  byKey: ['fields'],
  busiest: ['options'],
};

export const SESSION_CALLS: Shapes<Sessions> = {
  start: ['fields'],
  find: ['text', 'text'],
  end: ['text', 'text'],
  endAll: ['text', 'text'],
  verifySecret: ['text', 'options'],
  createLink: ['fields'],
  withdrawLink: ['text'],
  openLink: ['text', 'options'],
  startPortal: ['fields'],
};
