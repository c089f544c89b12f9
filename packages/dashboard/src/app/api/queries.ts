/** What is asked of the service, with the names under which the answers are remembered. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ListEventsQuery, ListKeysQuery, ListOwnersQuery, UsageRequest } from 'latchkey/client';
import { api } from './client.js';
import { FIGURES_MS, LIVE_MS } from './query-client.js';
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
  refetchInterval: LIVE_MS,
});

export const keysQuery = (query: ListKeysQuery) =>
  queryOptions({
    queryKey: ['keys', 'list', query],
    queryFn: async ({ signal }) => api.keys.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  });

export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'one', id],
    queryFn: async ({ signal }) => api.keys.get(id, { signal }),
    refetchInterval: LIVE_MS,
  });

export const keyLimitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'limits', id],
    queryFn: async ({ signal }) => api.keys.limits(id, { signal }),
    refetchInterval: LIVE_MS,
  });

export const usageQuery = (query: UsageRequest & { readonly span: Span }) =>
  queryOptions({
    queryKey: ['usage', query],
    queryFn: async ({ signal }) => {
      const { span, ...rest } = query;
      return api.usage.read({ ...rest, ...rangeOf(span) }, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: FIGURES_MS,
  });

export const usageByKeyQuery = (keys: readonly string[], span: Span) =>
  queryOptions({
    queryKey: ['usage', 'by-key', keys, span],
    queryFn: async ({ signal }) => api.usage.byKey({ keys, ...rangeOf(span) }, { signal }),
    placeholderData: keepPreviousData,
    enabled: keys.length > 0,
    refetchInterval: FIGURES_MS,
  });

export const busiestQuery = (span: Span) =>
  queryOptions({
    queryKey: ['usage', 'busiest', span],
    queryFn: async ({ signal }) => {
      const { from, until } = rangeOf(span);
      return api.usage.busiest({ from, until, limit: 8 }, { signal });
    },
    refetchInterval: FIGURES_MS,
  });

export const ownersQuery = (query: ListOwnersQuery) =>
  queryOptions({
    queryKey: ['owners', 'list', query],
    queryFn: async ({ signal }) => api.owners.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  });

export const ownerQuery = (id: string) =>
  queryOptions({
    queryKey: ['owners', 'one', id],
    queryFn: async ({ signal }) => api.owners.get(id, { signal }),
    refetchInterval: LIVE_MS,
  });

export const tiersQuery = queryOptions({
  queryKey: ['tiers', 'list'],
  queryFn: async ({ signal }) => api.tiers.list({ signal }),
  refetchInterval: LIVE_MS,
});

export const tierQuery = (name: string) =>
  queryOptions({
    queryKey: ['tiers', 'one', name],
    queryFn: async ({ signal }) => api.tiers.get(name, { signal }),
    refetchInterval: LIVE_MS,
  });

export const eventsQuery = (query: ListEventsQuery) =>
  queryOptions({
    queryKey: ['events', 'list', query],
    queryFn: async ({ signal }) => api.events.list(query, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  });
