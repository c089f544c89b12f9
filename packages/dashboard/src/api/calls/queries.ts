/** What is asked of the service, with the names under which the answers are remembered. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ListEventsQuery, ListKeysQuery, ListOwnersQuery, UsageRequest } from 'latchkey/client';
import { api } from './client.js';
import { atItsPace } from './pace.js';
import { rangeOf, type Span } from './usage-range.js';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => api.sessions.current({ signal }),
  staleTime: Infinity,
});

export const signInMethodsQuery = queryOptions({
  queryKey: ['sign-in-methods'],
  queryFn: async ({ signal }) => api.sessions.methods({ signal }),
  staleTime: Infinity,
});

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }) => api.settings({ signal }),
  staleTime: 5 * 60_000,
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: async ({ signal }) => api.overview({ signal }),
  refetchInterval: atItsPace,
});

export const keysQuery = (query: ListKeysQuery) =>
  queryOptions({
    queryKey: ['keys', 'list', query],
    queryFn: async ({ signal }) => api.keys.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });

export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'one', id],
    queryFn: async ({ signal }) => api.keys.get(id, { signal }),
    refetchInterval: atItsPace,
  });

export const keyLimitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'limits', id],
    queryFn: async ({ signal }) => api.keys.limits(id, { signal }),
    refetchInterval: atItsPace,
  });

export const usageQuery = (query: UsageRequest & { readonly span: Span }) =>
  queryOptions({
    queryKey: ['usage', query],
    queryFn: async ({ signal }) => {
      const { span, ...rest } = query;
      return api.usage.read({ ...rest, ...rangeOf(span) }, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });

export const usageByKeyQuery = (keys: readonly string[], span: Span) =>
  queryOptions({
    queryKey: ['usage', 'by-key', keys, span],
    queryFn: async ({ signal }) => api.usage.byKey({ keys, ...rangeOf(span) }, { signal }),
    placeholderData: keepPreviousData,
    enabled: keys.length > 0,
    refetchInterval: atItsPace,
  });

export const busiestQuery = (span: Span) =>
  queryOptions({
    queryKey: ['usage', 'busiest', span],
    queryFn: async ({ signal }) => {
      const { from, until } = rangeOf(span);
      return api.usage.busiest({ from, until, limit: 8 }, { signal });
    },
    refetchInterval: atItsPace,
  });

export const ownersQuery = (query: ListOwnersQuery) =>
  queryOptions({
    queryKey: ['owners', 'list', query],
    queryFn: async ({ signal }) => api.owners.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });

export const ownerQuery = (id: string) =>
  queryOptions({
    queryKey: ['owners', 'one', id],
    queryFn: async ({ signal }) => api.owners.get(id, { signal }),
    refetchInterval: atItsPace,
  });

export const tiersQuery = queryOptions({
  queryKey: ['tiers', 'list'],
  queryFn: async ({ signal }) => api.tiers.list({ signal }),
  refetchInterval: atItsPace,
});

export const tierQuery = (name: string) =>
  queryOptions({
    queryKey: ['tiers', 'one', name],
    queryFn: async ({ signal }) => api.tiers.get(name, { signal }),
    refetchInterval: atItsPace,
  });

export const eventsQuery = (query: ListEventsQuery) =>
  queryOptions({
    queryKey: ['events', 'list', query],
    queryFn: async ({ signal }) => api.events.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: atItsPace,
  });
