import type { UsageStore } from '../../../ports/usage-store.js';
import { readBusiest } from './busiest.js';
import type { SqlReader } from '../reader.js';
import { keptUsageQuery, keyUsagePointFromRow, keyUsageQuery, usagePointFromRow, usageRowsQuery } from './queries.js';

/** The reads of usage, the same in every database. */
export function createUsageReads(reader: Pick<SqlReader, 'db' | 'read'>): Omit<UsageStore, 'recordUsage' | 'keepUp'> {
  const { db, read } = reader;
  return {
    async readUsage(query) {
      const rows = await read(() => usageRowsQuery(db, query).execute());
      return rows.map(usagePointFromRow);
    },
    async readKeyUsage(query) {
      if (query.keyIds.length === 0) return [];
      const rows = await read(() => keyUsageQuery(db, query).execute());
      return rows.map(keyUsagePointFromRow);
    },
    readBusiest: (span, limit) => readBusiest(reader, { ...span, limit }),
    async readKept() {
      const { hours_from, days_from } = await read(() => keptUsageQuery(db).executeTakeFirstOrThrow());
      return { hoursFrom: hours_from, daysFrom: days_from };
    },
  };
}
