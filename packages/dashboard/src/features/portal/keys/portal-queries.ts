import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ListOwnKeysQuery } from 'latchkey/client';
import { api } from '../../../api/calls/client.js';
import { atItsPace } from '../../../api/calls/pace.js';
import { rangeOf, type Span } from '../../../api/calls/usage-range.js';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => api.me.get({ signal }),
  staleTime: 60_000,
});

export const ownKeysQuery = (query: ListOwnKeysQuery) =>
  queryOptions({
    queryKey: ['me', 'keys', query],
    queryFn: async ({ signal }) => api.me.keys.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });

export const ownUsageQuery = (key: string | null, span: Span) =>
  queryOptions({
    queryKey: ['me', 'usage', key, span],
    queryFn: async ({ signal }) => api.me.usage.read({ ...(key !== null && { key }), ...rangeOf(span) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });
