/** The hours of a day, for a range of its subjects: read by hour, each from the place in its index where the range begins. */
import { HOUR_MS, DAY_MS } from '../../../domain/time.js';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Schema, UsageKind } from '../schema.js';

export interface SubjectRange {
  readonly day: number;
  readonly kind: UsageKind;
  /** Exclusive. Empty: from the first. */
  readonly after: string;
  /** Inclusive; null: to the last. */
  readonly until: string | null;
}

/** A table of what the hours of the day have in the range. */
export function hoursOfDay({ day, kind, after, until }: SubjectRange): RawBuilder<unknown> {
  const end = until === null ? sql`` : sql`and subject <= ${until}`;
  return unionOfHours(
    day,
    (hour) => sql`select hour, kind, subject, code, count from ${sql.table('usage_by_hour')}
      where hour = ${sql.lit(hour)} and kind = ${sql.lit(kind)} and subject > ${after} ${end}`,
  );
}

/** Returns the end of a range that has at most `rows` rows of each hour; null if all rows fit. */
export async function endOfRange(db: Kysely<Schema>, range: Omit<SubjectRange, 'until'>, rows: number): Promise<string | null> {
  const found = await endQuery(range, rows).execute(db);
  return found.rows[0]?.subject ?? null;
}

/** Exported for the tests of query plans. */
export function endQuery({ day, kind, after }: Omit<SubjectRange, 'until'>, rows: number): RawBuilder<{ readonly subject: string | null }> {
  const ends = unionOfHours(
    day,
    (hour) => sql`select * from (select subject from ${sql.table('usage_by_hour')}
      where hour = ${sql.lit(hour)} and kind = ${sql.lit(kind)} and subject > ${after}
      order by subject limit 1 offset ${sql.lit(rows)}) as ${sql.ref(`end${hour}`)}`,
  );
  return sql`select min(subject) as subject from ${ends} as ends`;
}

function unionOfHours(day: number, select: (hour: number) => RawBuilder<unknown>): RawBuilder<unknown> {
  const hours = Array.from({ length: DAY_MS / HOUR_MS }, (_, index) => select(day + index * HOUR_MS));
  return sql`(${sql.join(hours, sql` union all `)})`;
}
