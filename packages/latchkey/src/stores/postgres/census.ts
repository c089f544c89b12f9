import type { Kysely } from 'kysely';
import type { Census } from '../../ports/census.js';
import { countedQuery, keptCountsQuery, takeCensus, tiersCounted, type CensusCounting } from '../sql/census.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { Schema } from '../sql/schema.js';

/** The database counts beside everything else that it does, so that nothing need be counted in slices. */
export function createPostgresCensus(db: Kysely<Schema>): Census {
  const countOf = async (counted: { executeTakeFirst(): Promise<{ readonly count: number | string } | undefined> }): Promise<number> =>
    Number((await counted.executeTakeFirst())?.count ?? 0);
  const counting: CensusCounting = {
    countKeys: async (keys, atMost) => countOf(countedQuery(db, keys, atMost)),
    countTiers: async () => countOf(tiersCounted(db)),
    readKept: async () => keptCountsQuery(db).execute(),
  };
  return failingAsUnavailable<Census>({ takeCensus: async (query) => takeCensus(counting, query) });
}
