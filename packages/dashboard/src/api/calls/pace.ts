/** How often what is on the screen is asked for anew. */
import type { QueryCache } from '@tanstack/react-query';

/** A change made elsewhere appears within five seconds; figures of usage appear once the node that counted them has written them. */
const LIVE_MS = 2_500;

/** So many times as long as answers take is waited for the next: an open page is no load, however slow a query is. */
const PAUSE_FACTOR = 5;

interface Paced {
  readonly state: { readonly dataUpdatedAt: number };
}

interface Pace {
  readonly begunAt: number;
  /** How long the answer before took. */
  readonly beforeMs: number;
}

const paces = new WeakMap<Paced, Pace>();

/** Has to be watched for the pace to be known. */
export function watchPace(cache: QueryCache): void {
  cache.subscribe((event) => {
    if (event.type !== 'updated') return;
    if (event.action.type === 'fetch') paces.set(event.query, { begunAt: Date.now(), beforeMs: tookMs(event.query) });
    // What was tried again took so long because of the pauses between: that says nothing of the service.
    if (event.action.type === 'failed' || event.action.type === 'error') paces.delete(event.query);
  });
}

/** For `refetchInterval`. One answer alone may be slow by chance, or because the page had much to do: the faster of the last two counts. */
export function atItsPace(query: Paced): number {
  return Math.max(LIVE_MS, PAUSE_FACTOR * Math.min(tookMs(query), paces.get(query)?.beforeMs ?? 0));
}

/** Nothing while a query is on its way: it is not known yet. */
function tookMs(query: Paced): number {
  const pace = paces.get(query);
  return pace === undefined ? 0 : Math.max(0, query.state.dataUpdatedAt - pace.begunAt);
}
