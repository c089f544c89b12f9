/** What of the keys' pages stands in their address. Whatever an address holds, something sensible is read from it. */
import type { ListKeysQuery } from 'latchkey/client';
import { SPANS, type Span } from '../../api/calls/usage-range.js';

const STATUSES = ['active', 'disabled', 'revoked', 'expired', 'scheduled', 'suspended'] as const;

export const ATTENTION = {
  expiring: { label: 'Expiring within 30 days', query: { expiresWithin: '30d' } },
  soon: { label: 'Expiring within 7 days', query: { expiresWithin: '7d' } },
  unused: { label: 'Unused for 90 days', query: { unusedFor: '90d' } },
  never: { label: 'Never used', query: { neverUsed: true } },
} as const satisfies Record<string, { label: string; query: ListKeysQuery }>;

export interface KeysSearch {
  readonly search?: string;
  readonly owner?: string;
  readonly tier?: string;
  readonly environment?: string;
  readonly status?: (typeof STATUSES)[number];
  /** Tags between commas: the keys have all of them. */
  readonly tags?: string;
  readonly attention?: keyof typeof ATTENTION;
  readonly cursor?: string;
}

export const STATUS_CHOICES = STATUSES;
const PAGE_SIZE = 50;

export function readKeysSearch(search: Record<string, unknown>): KeysSearch {
  const status = STATUSES.find((each) => each === search['status']);
  const attention = (Object.keys(ATTENTION) as (keyof typeof ATTENTION)[]).find((each) => each === search['attention']);
  return {
    ...textOf(search, 'search'),
    ...textOf(search, 'owner'),
    ...textOf(search, 'tier'),
    ...textOf(search, 'environment'),
    ...(status !== undefined && { status }),
    ...(attention !== undefined && { attention }),
    ...textOf(search, 'tags'),
    ...textOf(search, 'cursor'),
  };
}

export function keysQueryOf({ attention, tags, ...rest }: KeysSearch): ListKeysQuery {
  const wanted = tags?.split(/[\s,]+/u).filter((tag) => tag !== '');
  return {
    ...rest,
    ...(wanted !== undefined && { tags: wanted }),
    ...(attention !== undefined && ATTENTION[attention].query),
    limit: PAGE_SIZE,
  };
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
