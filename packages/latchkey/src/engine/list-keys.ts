/** Reading keys: one, or pages of them, newest first. */
import { KEY_STATUSES } from '../domain/key.js';
import { InvalidInputError } from '../domain/errors.js';
import type { Keys } from './api.js';
import { ownerFilterOf, readKeyView, type UseCaseParts } from './context.js';
import { readPaging, toPage } from './cursor.js';
import { viewKey } from './key-view.js';

export function createGetKey(parts: UseCaseParts): Keys['get'] {
  return (id) => readKeyView(parts, id);
}

/** Of a hint as it is shown: what is stored for searches are its last 4 characters. */
const BEFORE_HINT_END = /^.*…(?=.{4}$)/u;

export function createListKeys({ storage, clock }: UseCaseParts): Keys['list'] {
  return async ({ limit, cursor, tier, environment, status, search, ...query } = {}) => {
    const owner = ownerFilterOf(query.owner);
    if (status !== undefined && !KEY_STATUSES.includes(status)) {
      throw new InvalidInputError([{ pointer: '/status', message: `Use one of ${KEY_STATUSES.join(', ')}.` }]);
    }
    const filters = { owner, tier, environment, status, search };
    const paging = readPaging(
      'keys',
      { limit, cursor },
      Object.entries(filters).map(([name, value]) => [name, value ?? null]),
    );
    const now = clock.now();
    const [createdAt, id] = paging.after ?? [];
    const after = typeof createdAt === 'number' && typeof id === 'string' ? { createdAt, id } : undefined;
    const sought = search?.replace(BEFORE_HINT_END, '');
    const details = await storage.keys.listKeys({ ...filters, search: sought, after, limit: paging.limit + 1, now });
    return toPage(details, paging, {
      view: (detail) => viewKey(detail, now),
      position: ({ key }) => [key.createdAt, key.id],
    });
  };
}
