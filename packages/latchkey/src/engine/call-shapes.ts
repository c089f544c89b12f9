/** What each call of the library takes: the shapes of its arguments. */
import { ADDRESSES, parametersOf, type Address } from '../contract/index.js';
import type { KeyUseCases } from './changes/context.js';
import type { Owners, Sessions, Tiers, Usage } from './api/index.js';
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

export const KEY_CALLS = { ...addressed(ADDRESSES.keys), import: ['any'] } as unknown as Shapes<KeyUseCases>;

export const OWNER_CALLS: Shapes<Owners> = {
  get: ['text'],
  list: ['options'],
  update: ['text', 'fields'],
  suspend: ['text', 'options'],
  resume: ['text', 'options'],
  revokeAll: ['text', 'options'],
};

export const TIER_CALLS: Shapes<Tiers> = {
  get: ['text'],
  list: [],
  put: ['text', 'fields'],
  remove: ['text'],
  preview: ['text', 'fields'],
};

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
