import { isLatchkeyError } from 'latchkey/client';
import { QueryClient } from '@tanstack/react-query';

/** How often what is in use is asked for anew: what changes elsewhere appears within five seconds. */
export const LIVE_MS = 3_000;

/** For figures that are only read, and cost more to make. */
export const FIGURES_MS = 15_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        gcTime: 5 * 60_000,
        // The browser's idea of being offline says nothing of a service on the same machine.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isLatchkeyError(error) && error.code === 'unavailable',
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { networkMode: 'always', retry: false, gcTime: 0 },
    },
  });
}
