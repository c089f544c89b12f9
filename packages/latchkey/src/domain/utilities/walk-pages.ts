/** Iteration over the pages of a list, for the library and its client. */

interface Page {
  readonly data: readonly unknown[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

type List = (query?: never, options?: never) => Promise<Page>;

type WalkOf<Listing extends List> = (...args: Parameters<Listing>) => AsyncIterable<Awaited<ReturnType<Listing>>['data'][number]>;

/**
 * Returns the calls with `walk` beside `list`: it takes the same arguments, and gives the items of this page and of every later one.
 *
 * A page is asked for when the loop comes to it, each with the same options, so a loop that ends early asks no more. What `list`
 * rejects ends the iteration with the same error. Every loop over what `walk` returns begins anew.
 */
export function withWalk<Calls extends { readonly list: List }>(calls: Calls): Calls & { readonly walk: WalkOf<Calls['list']> } {
  const list = calls.list as (query?: object, options?: unknown) => Promise<Page>;
  const walk = (query?: object, options?: unknown): AsyncIterable<unknown> => ({
    async *[Symbol.asyncIterator]() {
      let page = await list(query, options);
      yield* page.data;
      while (page.nextCursor !== null) {
        page = await list({ ...query, cursor: page.nextCursor }, options);
        yield* page.data;
      }
    },
  });
  return { ...calls, walk: walk as WalkOf<Calls['list']> };
}
