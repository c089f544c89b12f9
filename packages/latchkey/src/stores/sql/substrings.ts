import type { Expression } from 'kysely';

/** How a database finds the rows whose folded text contains another, without a walk through all rows. */
export interface Substrings {
  /**
   * Returns the rows that may contain the text, if they are few enough to look at each. Returns null where a walk in the order of the
   * list finds a page sooner, and where the planner of the database chooses an index by itself.
   */
  find(table: SearchedTable, folded: string): Promise<Candidates | null>;
}

/** The tables that have a folded text, with an index of its substrings. */
export type SearchedTable = 'keys' | 'owners';

/** A subquery with one column, `number`: the `rowid` of each row. */
export type Candidates = Expression<{ readonly number: number }>;

/** The planner decides by its statistics: for databases that have them. */
export const BY_THE_PLANNER: Substrings = { find: async () => null };
