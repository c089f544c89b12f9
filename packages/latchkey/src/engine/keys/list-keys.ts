/** Reading keys: one, or pages of them. */
import type * as v from 'valibot';
import { InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { KeyDetail } from '../../domain/key.js';
import { NEVER_EXPIRES, type KeyOrder, type KeyPosition, type KeyQuery } from '../../ports/key-store.js';
import { readInput } from '../../contract/index.js';
import { listKeysInput } from '../../contract/calls/key-inputs.js';
import type { KeyPage } from '../api/index.js';
import { assertWithin, LIBRARY_CONTEXT, ownerFilterOf, type UseCaseParts, type KeyUseCases } from '../changes/context.js';
import { readPaging, toPage, type Position } from '../fields/cursor.js';
import { readKeySearch } from './key-search.js';
import { viewKey } from '../fields/key-view.js';

/** Lists of more keys than this are not counted. */
const COUNTED_MAX = 1_000;

export function createGetKey({ storage, clock }: UseCaseParts): KeyUseCases['get'] {
  return async (id, context = LIBRARY_CONTEXT) => {
    const detail = await storage.keys.readKey(id, 'aside');
    if (detail === null) throw new NotFoundError('key');
    assertWithin(context, detail.key);
    return viewKey(detail, clock.now());
  };
}

export function createListKeys({ storage, clock, settings }: UseCaseParts): KeyUseCases['list'] {
  return async (input = {}, { actor, signal } = LIBRARY_CONTEXT) => {
    const now = clock.now();
    const { limit, cursor, ...query } = readInput(listKeysInput, input);
    const { filters: asked, given } = filtersOf(query, now);
    const search = query.search === undefined ? undefined : readKeySearch(query.search, settings.peppers);
    const filters = { ...asked, search, within: actor.bounds ?? undefined };
    const paging = readPaging(
      'keys',
      { limit, cursor },
      Object.entries(given).map(([name, value]) => [name, value ?? null]),
    );
    const order = orderOf(query, filters);
    const after = positionOf(paging.after, order);
    const details = await storage.keys.listKeys({ ...filters, order, after, limit: paging.limit + 1, now, signal });
    const page = toPage(details, paging, {
      view: (detail) => viewKey(detail, now),
      position: (detail) => [placeOf(detail, order), detail.key.id],
    });
    return { ...page, ...(cursor == null && (await total(page, { ...filters, signal }))) };
  };

  /** A first page that holds all is counted already. Filters that no one index answers would make it costly. */
  async function total(page: KeyPage, filters: Filters): Promise<{ readonly total?: number }> {
    const { owner, search, metadata, signal: _, ...others } = filters;
    // Not all keys were looked at.
    if (search !== undefined && 'text' in search && Array.from(search.text.trim()).length < 3) return {};
    if (page.nextCursor === null) return { total: page.data.length };
    const given = Object.values(others).filter((filter) => filter !== undefined);
    if (search !== undefined || metadata !== undefined || (owner === undefined && given.length > 1)) return {};
    const counted = await storage.keys.countKeys({ ...filters, order: urgencyOf(filters), now: clock.now(), atMost: COUNTED_MAX + 1 });
    return counted > COUNTED_MAX ? {} : { total: counted };
  }
}

type Filters = Omit<KeyQuery, 'after' | 'limit' | 'now' | 'order' | 'exceptEnvironment'>;

type Query = Omit<v.InferOutput<typeof listKeysInput>, 'limit' | 'cursor'>;

/** The filters, and what a cursor is bound to: the durations, since instants move on from page to page. */
function filtersOf(query: Query, now: number): { readonly filters: Omit<Filters, 'search'>; readonly given: Query } {
  const { tier, environment, status, tags, metadata, expiresWithin, unusedFor, neverUsed } = query;
  const owner = ownerFilterOf(query.owner);
  const filters = {
    owner,
    tier,
    environment,
    status,
    tags,
    metadata,
    expiresBy: expiresWithin === undefined ? undefined : now + expiresWithin,
    unusedSince: unusedFor === undefined ? undefined : now - unusedFor,
    neverUsed: neverUsed === true ? (true as const) : undefined,
  };
  return { filters, given: { ...query, ...(owner !== undefined && { owner }) } };
}

/** What is most urgent comes first. */
function urgencyOf({ expiresBy, unusedSince }: Filters): KeyOrder {
  if (expiresBy !== undefined) return 'expiry';
  return unusedSince === undefined ? 'newest' : 'longest_idle';
}

/** The orders of each sort, ascending and descending, and its default direction. */
const SORTS = {
  created: { asc: 'oldest', desc: 'newest', first: 'desc' },
  name: { asc: 'first_name', desc: 'last_name', first: 'asc' },
  used: { asc: 'longest_idle', desc: 'least_idle', first: 'desc' },
  expires: { asc: 'soonest_expiry', desc: 'latest_expiry', first: 'asc' },
  requests: { asc: 'least_used', desc: 'most_used', first: 'desc' },
} as const satisfies Record<NonNullable<Query['sort']>, { asc: KeyOrder; desc: KeyOrder; first: 'asc' | 'desc' }>;

/**
 * Throws an InvalidInputError beside filters that have an order of their own, and for orders other than by creation beside filters that
 * few keys may pass: to find them, the store would look at every key.
 */
function orderOf({ sort, order, status, neverUsed }: Query, filters: Filters): KeyOrder {
  const urgency = urgencyOf(filters);
  if (sort === undefined && order === undefined) return urgency;
  const pointer = sort === undefined ? '/order' : '/sort';
  if (urgency !== 'newest') throw unsortable(pointer, 'Leave it out: with expiresWithin and unusedFor, the most urgent keys come first.');
  if (sort !== undefined && sort !== 'created' && (status !== undefined || neverUsed === true))
    throw unsortable(pointer, 'Leave it out beside status and neverUsed, or sort by created.');
  const orders = SORTS[sort ?? 'created'];
  return orders[order ?? orders.first];
}

function unsortable(pointer: string, message: string): InvalidInputError {
  return new InvalidInputError([{ pointer, message }]);
}

function isByName(order: KeyOrder): boolean {
  return order === 'first_name' || order === 'last_name';
}

function placeOf({ key, idleSince, usesNoted }: KeyDetail, order: KeyOrder): number | string {
  switch (order) {
    case 'newest':
    case 'oldest':
      return key.createdAt;
    case 'first_name':
    case 'last_name':
      return key.name;
    case 'expiry':
    case 'soonest_expiry':
    case 'latest_expiry':
      return key.expiresAt ?? NEVER_EXPIRES;
    case 'longest_idle':
    case 'least_idle':
      return idleSince;
    case 'most_used':
    case 'least_used':
      return usesNoted;
  }
}

function positionOf(position: Position | null, order: KeyOrder): KeyPosition | undefined {
  const [at, id] = position ?? [];
  const isPlace = typeof at === (isByName(order) ? 'string' : 'number');
  return at !== undefined && isPlace && typeof id === 'string' ? { at, id } : undefined;
}
