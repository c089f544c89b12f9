/** The state of the pages of keys in their address. Whatever an address holds, a valid state is read from it. */
import type { KeyFilter, ListKeysQuery } from 'latchkey/client';
import { SPANS, type Span } from '../../api/calls/usage-range.js';
import { listKeys, revokeKeysWhere } from '../../contract/calls/keys.js';

export const ATTENTION = {
  expiring: { label: 'Expiring within 30 days', query: { expiresWithin: '30d' } },
  soon: { label: 'Expiring within 7 days', query: { expiresWithin: '7d' } },
  unused: { label: 'Unused for 90 days', query: { unusedFor: '90d' } },
  never: { label: 'Never used', query: { neverUsed: true } },
} as const satisfies Record<string, { label: string; query: ListKeysQuery }>;

export type KeySort = (typeof listKeys.sort.choices)[number];
export type KeyOrder = (typeof listKeys.order.choices)[number];

export interface KeysSearch {
  readonly search?: string;
  readonly owner?: string;
  readonly tier?: string;
  readonly environment?: string;
  readonly status?: (typeof listKeys.status.choices)[number];
  /** Tags between commas: the keys have all of them. */
  readonly tags?: string;
  readonly attention?: keyof typeof ATTENTION;
  /** Given together with `order`, or not at all. */
  readonly sort?: KeySort;
  readonly order?: KeyOrder;
  readonly cursor?: string;
}

const PAGE_SIZE = 50;

export function readKeysSearch(search: Record<string, unknown>): KeysSearch {
  const status = listKeys.status.choices.find((each) => each === search['status']);
  const attention = (Object.keys(ATTENTION) as (keyof typeof ATTENTION)[]).find((each) => each === search['attention']);
  const sort = listKeys.sort.choices.find((each) => each === search['sort']);
  const order = listKeys.order.choices.find((each) => each === search['order']);
  return {
    ...textOf(search, 'search'),
    ...textOf(search, 'owner'),
    ...textOf(search, 'tier'),
    ...textOf(search, 'environment'),
    ...(status !== undefined && { status }),
    ...(attention !== undefined && { attention }),
    ...textOf(search, 'tags'),
    ...(sort !== undefined && order !== undefined && { sort, order }),
    ...textOf(search, 'cursor'),
  };
}

export function keysQueryOf({ attention, tags, ...rest }: KeysSearch): ListKeysQuery {
  return {
    ...rest,
    ...(tags !== undefined && { tags: tagsOf(tags) }),
    ...(attention !== undefined && ATTENTION[attention].query),
    limit: PAGE_SIZE,
  };
}

/** Returns the filters, without the order of the list and the place in it. */
export function filtersOf({ sort: _sort, order: _order, cursor: _cursor, ...filters }: KeysSearch): KeysSearch {
  return filters;
}

/** Returns the tags of a text between commas. */
function tagsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/u).filter((tag) => tag !== '');
}

/** Returns the state of the first page of the keys that have the tag as well. */
export function withTag({ cursor: _cursor, ...search }: KeysSearch, tag: string): KeysSearch {
  return { ...search, tags: [...new Set([...tagsOf(search.tags ?? ''), tag])].join(',') };
}

/**
 * Returns the filters as a change of all keys that they admit takes them; null if there is none, or if the list is narrowed by a
 * filter that such a change does not take, since it would then change keys that the list does not show.
 */
export function whereOf(search: KeysSearch): KeyFilter | null {
  const filters = filtersOf(search);
  const names = Object.keys(filters);
  if (names.length === 0 || !names.every((name) => Object.hasOwn(revokeKeysWhere, `where.${name}`))) return null;
  const { tags, attention: _attention, search: _search, ...where } = filters;
  return { ...where, ...(tags !== undefined && { tags: tagsOf(tags) }) };
}

/** A new key may begin with an owner, a tier or an environment that a page elsewhere knew. */
export interface NewKeySearch {
  readonly owner?: string;
  readonly tier?: string;
}

export function readNewKeySearch(search: Record<string, unknown>): NewKeySearch {
  return { ...textOf(search, 'owner'), ...textOf(search, 'tier') };
}

/** Over what span a key's requests are shown. */
export interface KeyPageSearch {
  readonly span?: Span;
}

export function readKeyPageSearch(search: Record<string, unknown>): KeyPageSearch {
  const span = SPANS.find((each) => each === search['span']);
  return span === undefined ? {} : { span };
}

function textOf<Name extends string>(search: Record<string, unknown>, name: Name): Partial<Record<Name, string>> {
  const text = search[name];
  return typeof text !== 'string' || text === '' ? {} : ({ [name]: text } as Partial<Record<Name, string>>);
}
