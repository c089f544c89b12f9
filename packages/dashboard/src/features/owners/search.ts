import { withUnknown, type UnknownFilters } from '../../api/calls/unknown-filters.js';

export interface OwnersSearch extends UnknownFilters {
  readonly search?: string;
  readonly cursor?: string;
}

export function readOwnersSearch(search: Record<string, unknown>): OwnersSearch {
  const text = search['search'];
  const cursor = search['cursor'];
  const found = {
    ...(typeof text === 'string' && text !== '' && { search: text }),
    ...(typeof cursor === 'string' && cursor !== '' && { cursor }),
  };
  return withUnknown(found, search);
}
