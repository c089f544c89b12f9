/** Reading keys: one, or pages of them. */
import { NotFoundError } from '../../domain/errors.js';
import { KEY_STATUSES, type KeyDetail } from '../../domain/key.js';
import { formatDuration } from '../../domain/time.js';
import type { KeyOrder, KeyPosition, KeyQuery } from '../../ports/key-store.js';
import type { KeyPage, Keys, ListKeysQuery } from '../api/index.js';
import { assertWithin, LIBRARY_CONTEXT, ownerFilterOf, type UseCaseParts } from '../changes/context.js';
import { readPaging, toPage, type Position } from '../fields/cursor.js';
import { createFieldReader } from '../fields/key-input.js';
import { readKeySearch } from './key-search.js';
import { viewKey } from '../fields/key-view.js';

const DAY_MS = 86_400_000;
/** Lists of more keys than this are not counted. */
const COUNTED_MAX = 1_000;

export function createGetKey({ storage, clock }: UseCaseParts): Keys['get'] {
  return async (id, context = LIBRARY_CONTEXT) => {
    const detail = await storage.keys.readKey(id, 'aside');
    if (detail === null) throw new NotFoundError('key');
    assertWithin(context, detail.key);
    return viewKey(detail, clock.now());
  };
}

export function createListKeys({ storage, clock, settings }: UseCaseParts): Keys['list'] {
  return async ({ limit, cursor, ...query } = {}, { actor, signal } = LIBRARY_CONTEXT) => {
    const now = clock.now();
    const { filters: asked, given } = readFilters(query, now);
    const search = query.search === undefined ? undefined : readKeySearch(query.search, settings.peppers);
    const filters = { ...asked, search, within: actor.bounds ?? undefined };
    const paging = readPaging(
      'keys',
      { limit, cursor },
      Object.entries(given).map(([name, value]) => [name, value ?? null]),
    );
    const order = orderOf(filters);
    const after = positionOf(paging.after);
    const details = await storage.keys.listKeys({ ...filters, order, after, limit: paging.limit + 1, now, signal });
    const page = toPage(details, paging, {
      view: (detail) => viewKey(detail, now),
      position: (detail) => [placeOf(detail, order), detail.key.id],
    });
    return { ...page, ...(cursor === undefined && (await total(page, { ...filters, signal }))) };
  };

  /** A first page that holds all is counted already. Filters that no one index answers would make it costly. */
  async function total(page: KeyPage, filters: Filters): Promise<{ readonly total?: number }> {
    const { owner, search, signal: _, ...others } = filters;
    // Not all keys were looked at.
    if (search !== undefined && 'text' in search && Array.from(search.text.trim()).length < 3) return {};
    if (page.nextCursor === null) return { total: page.data.length };
    const given = Object.values(others).filter((filter) => filter !== undefined);
    if (search !== undefined || (owner === undefined && given.length > 1)) return {};
    const counted = await storage.keys.countKeys({ ...filters, order: orderOf(filters), now: clock.now(), atMost: COUNTED_MAX + 1 });
    return counted > COUNTED_MAX ? {} : { total: counted };
  }
}

type Filters = Omit<KeyQuery, 'after' | 'limit' | 'now' | 'order' | 'exceptEnvironment'>;

/** The filters, and what a cursor is bound to: the same as they were given, since instants move on from page to page. */
function readFilters(
  query: ListKeysQuery,
  now: number,
): { readonly filters: Omit<Filters, 'search'>; readonly given: Omit<ListKeysQuery, 'owner'> } {
  const { tier, environment, status, expiresWithin, unusedFor, neverUsed } = query;
  const owner = ownerFilterOf(query.owner);
  const fields = createFieldReader();
  if (status !== undefined && !KEY_STATUSES.includes(status)) fields.refuse('/status', `Use one of ${KEY_STATUSES.join(', ')}.`);
  if (neverUsed !== undefined && typeof neverUsed !== 'boolean') fields.refuse('/neverUsed', 'Use true or false.');
  const withinMs = expiresWithin === undefined ? undefined : fields.duration(expiresWithin, '/expiresWithin');
  const idleMs = unusedFor === undefined ? undefined : fields.duration(unusedFor, '/unusedFor');
  if (idleMs !== undefined && idleMs < DAY_MS && !fields.refused('/unusedFor'))
    fields.refuse('/unusedFor', `Use a duration of at least ${formatDuration(DAY_MS)}.`);
  fields.finish();
  const filters = {
    owner,
    tier,
    environment,
    status,
    expiresBy: withinMs === undefined ? undefined : now + withinMs,
    unusedSince: idleMs === undefined ? undefined : now - idleMs,
    neverUsed: neverUsed === true ? (true as const) : undefined,
  };
  return { filters, given: { ...query, ...(owner !== undefined && { owner }) } };
}

/** What is most urgent comes first. */
function orderOf({ expiresBy, unusedSince }: Filters): KeyOrder {
  if (expiresBy !== undefined) return 'expiry';
  return unusedSince === undefined ? 'newest' : 'longest_idle';
}

function placeOf({ key, idleSince }: KeyDetail, order: KeyOrder): number {
  if (order === 'newest') return key.createdAt;
  return order === 'expiry' ? (key.expiresAt ?? 0) : idleSince;
}

function positionOf(position: Position | null): KeyPosition | undefined {
  const [at, id] = position ?? [];
  return typeof at === 'number' && typeof id === 'string' ? { at, id } : undefined;
}
