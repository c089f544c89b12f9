export interface OwnersSearch {
  readonly search?: string;
  readonly cursor?: string;
}

export function readOwnersSearch(search: Record<string, unknown>): OwnersSearch {
  const text = search['search'];
  const cursor = search['cursor'];
  return {
    ...(typeof text === 'string' && text !== '' && { search: text }),
    ...(typeof cursor === 'string' && cursor !== '' && { cursor }),
  };
}
