import { useQueryClient, type QueryCache } from '@tanstack/react-query';
import { isLatchkeyError, problemOf } from 'latchkey/client';
import { useCallback, useSyncExternalStore } from 'react';

/** Whether the service cannot be reached. It is asked on and on, so this ends by itself. */
export function useConnectionLost(): boolean {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((listener: () => void) => cache.subscribe(listener), [cache]);
  return useSyncExternalStore(subscribe, () => isLost(cache));
}

function isLost(cache: QueryCache): boolean {
  return cache.getAll().some((query) => query.isActive() && isUnreachable(query.state.fetchFailureReason ?? query.state.error));
}

/** Whether no answer came, as against one that refuses. */
export function isUnreachable(error: unknown): boolean {
  return isLatchkeyError(error) && error.code === 'unavailable' && problemOf(error) === null;
}
