import { useRouterState, type HistoryState } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { isProblemOf } from '../errors/form-failure.js';

interface Pages {
  readonly isFirst: boolean;
  readonly onFirst: () => void;
  readonly onPrevious: (() => void) | null;
  readonly onNext: (() => void) | null;
}

type Go = (cursor: string | undefined, state: HistoryState, replace?: boolean) => void;

interface PageQuery {
  readonly data?: { readonly nextCursor: string | null } | undefined;
  readonly error: unknown;
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The cursors of the pages before this one; the first page has none, and is written as the empty text. */
    readonly trail?: readonly string[];
  }
}

/**
 * Paging by cursor: the cursor stands in the address, so that a page can be shared and reloaded; the way that led to it stands
 * in the entry of the history beside it, so that there is a way back without asking for pages that nobody wants.
 */
export function useCursorTrail(cursor: string | undefined, { data, error }: PageQuery, go: Go): Pages {
  const nextCursor = data?.nextCursor ?? null;
  // A cursor leads on in the list that it was given for alone. In the address of another one it leads nowhere.
  const leadsNowhere = cursor !== undefined && isProblemOf(error, 'cursor');
  const leave = useEffectEvent(() => go(undefined, {}, true));
  useEffect(() => {
    if (leadsNowhere) leave();
  }, [leadsNowhere]);
  const trail = useRouterState({ select: (state) => state.location.state.trail ?? [] });
  const previous = trail.at(-1);
  return {
    isFirst: cursor === undefined,
    onFirst: () => go(undefined, {}),
    onPrevious: previous === undefined ? null : () => go(previous === '' ? undefined : previous, { trail: trail.slice(0, -1) }),
    onNext: nextCursor === null ? null : () => go(nextCursor, { trail: [...trail, cursor ?? ''] }),
  };
}
