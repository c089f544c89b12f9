import { useRouterState, type HistoryState } from '@tanstack/react-router';

interface Pages {
  readonly isFirst: boolean;
  readonly onFirst: () => void;
  readonly onPrevious: (() => void) | null;
  readonly onNext: (() => void) | null;
}

type Go = (cursor: string | undefined, state: HistoryState) => void;

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
export function useCursorTrail(cursor: string | undefined, nextCursor: string | null, go: Go): Pages {
  const trail = useRouterState({ select: (state) => state.location.state.trail ?? [] });
  const previous = trail.at(-1);
  return {
    isFirst: cursor === undefined,
    onFirst: () => go(undefined, {}),
    onPrevious: previous === undefined ? null : () => go(previous === '' ? undefined : previous, { trail: trail.slice(0, -1) }),
    onNext: nextCursor === null ? null : () => go(nextCursor, { trail: [...trail, cursor ?? ''] }),
  };
}
