/**
 * Options of a `fetch` whose answer no cache of a framework may keep. Next.js 13 and 14 keep every answer to a GET by
 * default. Other runtimes ignore the option, while `cache: 'no-store'` is an error in older Workers.
 */
export const UNCACHED = { next: { revalidate: 0 } };
