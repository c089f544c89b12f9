import { isLatchkeyError } from 'latchkey/client';
import { QueryClient } from '@tanstack/react-query';
import { rowOf } from '../errors/describe-error.js';
import { watchPace } from './pace.js';

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        gcTime: 5 * 60_000,
        // The browser's idea of being offline says nothing of a service on the same machine.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isLatchkeyError(error) && error.code === 'unavailable' && rowOf(error).retry,
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { networkMode: 'always', retry: false, gcTime: 0 },
    },
  });
  watchPace(client.getQueryCache());
  return client;
}
