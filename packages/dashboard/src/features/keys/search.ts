/** The state of the pages of keys in their address. Whatever an address holds, a valid state is read from it. */
import type { KeyFilter, ListKeysQuery } from 'latchkey/client';
import { withUnknown, type UnknownFilters } from '../../api/calls/unknown-filters.js';
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

export interface KeysSearch extends UnknownFilters {
  readonly search?: string;
  readonly owner?: string;
  readonly tier?: string;
  readonly environment?: string;
  readonly status?: (typeof listKeys.status.choices)[number];
  /** Tags between commas: the keys have all of them. */
  readonly tags?: string;
  readonly attention?: keyof typeof ATTENTION;
  readonly sort?: KeySort;
  readonly order?: KeyOrder;
  readonly cursor?: string;
}

/** The direction in which a list begins that is sorted like this. */
export const DIRECTIONS: Readonly<Record<KeySort, KeyOrder>> = {
  created: 'desc',
  name: 'asc',
  used: 'desc',
  expires: 'asc',
  requests: 'desc',
};

const PAGE_SIZE = 50;

export function readKeysSearch(search: Record<string, unknown>): KeysSearch {
  const status = listKeys.status.choices.find((each) => each === search['status']);
  const attention = (Object.keys(ATTENTION) as (keyof typeof ATTENTION)[]).find((each) => each === search['attention']);
  const sort = listKeys.sort.choices.find((each) => each === search['sort']);
  const order = listKeys.order.choices.find((each) => each === search['order']);
  const found = {
    ...textOf(search, 'search'),
    ...textOf(search, 'owner'),
    ...textOf(search, 'tier'),
    ...textOf(search, 'environment'),
    ...(status !== undefined && { status }),
    ...(attention !== undefined && { attention }),
    ...textOf(search, 'tags'),
    ...sortOf(sort, order),
    ...textOf(search, 'cursor'),
  };
  return withUnknown(found, search);
}

/** A direction without a sort is that of the usual list, which the newest keys begin. */
function sortOf(sort: KeySort | undefined, order: KeyOrder | undefined): Pick<KeysSearch, 'sort' | 'order'> {
  if (sort === undefined) return order === undefined ? {} : { sort: 'created', order };
  return { sort, order: order ?? DIRECTIONS[sort] };
}

export function keysQueryOf({ attention, tags, unknown: _unknown, ...rest }: KeysSearch): ListKeysQuery {
  return {
    ...rest,
    ...(tags !== undefined && { tags: tagsOf(tags) }),
    ...(attention !== undefined && ATTENTION[attention].query),
    limit: PAGE_SIZE,
  };
}

/** Returns the filters, without the order of the list and the place in it. */
export function filtersOf({ sort: _sort, order: _order, cursor: _cursor, unknown: _unknown, ...filters }: KeysSearch): KeysSearch {
  return filters;
}

/** Returns the tags of a text between commas. */
function tagsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/u).filter((tag) => tag !== '');
}

/** Returns the state of the first page of the keys that have the tag as well. */
export function withTag({ cursor: _cursor, unknown: _unknown, ...search }: KeysSearch, tag: string): KeysSearch {
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
