/**
 * How usage is added up: each count to the hours of its key, of the key's owner and tier, and of all. One of a day that is summed up
 * already is added to the day as well, in the same transaction.
 */
import { DAY_MS } from '../../../domain/time.js';
import { sql, type Kysely } from 'kysely';
import type { UsageCount } from '../../../ports/usage-store.js';
import type { Fill } from '../fill.js';
import type { DayRow, HourRow, KeyRow, Schema, UsageProgressRow } from '../schema.js';

/** The subject of what is counted of all. */
export const ALL = '*';

/** What the addition needs of a transaction. Nobody rolls up hours while it is open. */
export interface UsageTables {
  readProgress(): Promise<UsageProgressRow>;
  placesOf(keyIds: readonly string[]): Promise<ReadonlyMap<string, KeyPlace>>;
  /** Each row once, in the order in which they are to be locked. */
  addHours(rows: readonly HourRow[]): Promise<void>;
  addDays(rows: readonly DayRow[]): Promise<void>;
}

/** Owner and tier of a key, to which its usage is counted as well. */
export type KeyPlace = Pick<KeyRow, 'owner' | 'tier'>;

/** The reads of an addition, as statements on a connection. */
export function usageReads(db: Kysely<Schema>): Pick<UsageTables, 'readProgress' | 'placesOf'> {
  return {
    readProgress: () => progressQuery(db).executeTakeFirstOrThrow(),
    async placesOf(keyIds) {
      if (keyIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('keys')
        .select(['id', 'owner', 'tier'])
        .where('id', 'in', [...keyIds])
        .execute();
      return new Map(rows.map(({ id, ...place }) => [id, place]));
    },
  };
}

export async function addUsage(tables: UsageTables, counts: readonly UsageCount[]): Promise<void> {
  if (counts.length === 0) return;
  const keyIds = new Set(counts.flatMap(({ keyId }) => keyId ?? []));
  const places = await tables.placesOf([...keyIds]);
  await addRows(tables, [...keyRowsOf(counts, places), ...counts.map(totalOf)]);
}

/** Rows that may repeat one another. */
export async function addRows(tables: UsageTables, rows: readonly HourRow[]): Promise<void> {
  const progress = await tables.readProgress();
  const late = rows.filter((row) => isRolledUp(row, progress)).map(({ hour, ...row }) => ({ ...row, day: hour - (hour % DAY_MS) }));
  await tables.addDays(summed(late, ({ day }) => day));
  await tables.addHours(
    summed(
      rows.filter(({ hour }) => hour >= progress.hours_from),
      ({ hour }) => hour,
    ),
  );
}

type Counted = Omit<UsageCount, 'code'> & { readonly code: string };

/** Returns rows for the key, its owner and its tier of each count. */
export function keyRowsOf(counts: readonly Counted[], places: ReadonlyMap<string, KeyPlace>): readonly HourRow[] {
  return counts.flatMap(({ keyId, hour, code, count }): HourRow[] => {
    if (keyId === null) return [];
    const place = places.get(keyId);
    const rows: HourRow[] = [{ kind: 'key', subject: keyId, hour, code, count }];
    if (place !== undefined) rows.push({ kind: 'owner', subject: place.owner, hour, code, count });
    if (place !== undefined && place.tier !== null) rows.push({ kind: 'tier', subject: place.tier, hour, code, count });
    return rows;
  });
}

export function totalOf({ hour, code, count }: Omit<Counted, 'keyId'>): HourRow {
  return { kind: 'all', subject: ALL, hour, code, count };
}

export function hourUpsert(db: Kysely<Schema>, fill: Fill<'usage_by_hour'>) {
  return fill(db.insertInto('usage_by_hour')).onConflict((conflict) =>
    conflict
      .columns(['hour', 'kind', 'subject', 'code'])
      .doUpdateSet({ count: sql<number>`${sql.ref('usage_by_hour.count')} + excluded.count` }),
  );
}

export function dayUpsert(db: Kysely<Schema>, fill: Fill<'usage_by_day'>) {
  return fill(db.insertInto('usage_by_day')).onConflict((conflict) =>
    conflict
      .columns(['kind', 'subject', 'day', 'code'])
      .doUpdateSet({ count: sql<number>`${sql.ref('usage_by_day.count')} + excluded.count` }),
  );
}

export function progressQuery(db: Kysely<Schema>) {
  return db.selectFrom('usage_progress').selectAll().where('id', '=', 1);
}

/** The order in which a day is rolled up: that of the database, by the bytes of the text. */
function isRolledUp({ hour, kind, subject }: HourRow, { rolled_day, rolled_kind, rolled_subject }: UsageProgressRow): boolean {
  if (hour < rolled_day) return true;
  if (hour >= rolled_day + DAY_MS) return false;
  return kind < rolled_kind || (kind === rolled_kind && Buffer.compare(Buffer.from(subject), Buffer.from(rolled_subject)) <= 0);
}

/** Tiers and all come last: every node locks their few rows, and so as briefly as can be. */
const LOCKED: Readonly<Record<HourRow['kind'], number>> = { key: 0, owner: 1, tier: 2, all: 3 };

/** Sums rows that are alike but for the count. All writers get the same order, so that none waits for another in a circle. */
function summed<Row extends HourRow | DayRow>(rows: readonly Row[], startOf: (row: Row) => number): readonly Row[] {
  const sums = new Map<string, Row>();
  for (const row of rows) {
    const id = JSON.stringify([row.kind, row.subject, startOf(row), row.code]);
    const known = sums.get(id);
    sums.set(id, known === undefined ? row : { ...known, count: known.count + row.count });
  }
  return [...sums.values()].sort(
    (a, b) => LOCKED[a.kind] - LOCKED[b.kind] || startOf(a) - startOf(b) || compare(a.subject, b.subject) || compare(a.code, b.code),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
