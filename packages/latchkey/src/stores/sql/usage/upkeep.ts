/**
 * Upkeep of usage: it sums up days that are over, drops hours and days when their time has passed, and takes over what
 * earlier versions counted. Each step is one short transaction, in which nobody else adds usage, and leaves
 * figures that are right: any number of nodes may take the next at any time.
 */
import { DAY_MS } from '../../../domain/time.js';
import { sql, type Kysely } from 'kysely';
import type { UsageRetention } from '../../../ports/usage-store.js';
import type { Schema, UsageKind, UsageProgressRow } from '../schema.js';
import { endOfRange, hoursOfDay } from './day.js';
import { addRows, dayUpsert, hourUpsert, keyRowsOf, progressQuery, totalOf, usageReads, type UsageTables } from './writes.js';

/** In the order in which a day is rolled up, which is that of the text. */
const KINDS = ['all', 'key', 'owner', 'tier'] as const satisfies readonly UsageKind[];
/** Rows of each hour in one step, at most: a few milliseconds of work, also where each row is of another subject. */
const ROWS_ROLLED = 25;
const ROWS_DROPPED = 15;
const DAYS_DROPPED = 200;
const ROWS_TAKEN_OVER = 100;

/** Does the next of what is to be done. False: there was nothing. */
export async function keepUp(db: Kysely<Schema>, retention: UsageRetention): Promise<boolean> {
  for (const step of [rollUp, takeOverHours, takeOverTotals, dropHours, dropDays]) {
    const progress = await progressQuery(db).executeTakeFirstOrThrow();
    if (await step(db, progress, retention)) return true;
  }
  return false;
}

async function rollUp(db: Kysely<Schema>, progress: UsageProgressRow, { rollBefore }: UsageRetention): Promise<boolean> {
  if (progress.rolled_day >= rollBefore) return false;
  const day = progress.rolled_kind === '' ? await firstDayOf(db, progress.rolled_day) : progress.rolled_day;
  if (day === null || day >= rollBefore) {
    await setProgress(db, { rolled_day: rollBefore, rolled_kind: '', rolled_subject: '' });
    return true;
  }
  const kind = KINDS.find((one) => one >= progress.rolled_kind) ?? 'tier';
  const from = { day, kind, after: kind === progress.rolled_kind ? progress.rolled_subject : '' };
  const until = await endOfRange(db, from, ROWS_ROLLED);
  const hours = sql<{ subject: string; code: string; count: number }>`${hoursOfDay({ ...from, until })}`;
  await dayUpsert(db, (insert) =>
    insert.columns(['kind', 'subject', 'day', 'code', 'count']).expression(
      db
        .selectFrom(hours.as('hours'))
        .select([
          sql<UsageKind>`${sql.lit(kind)}`.as('kind'),
          'subject',
          sql<number>`${sql.lit(day)}`.as('day'),
          'code',
          (eb) => eb.fn.sum<number>('count').as('count'),
        ])
        .groupBy(['subject', 'code'])
        .orderBy('subject')
        .orderBy('code'),
    ),
  ).execute();
  await setProgress(db, until === null ? afterKind(day, kind) : { rolled_day: day, rolled_kind: kind, rolled_subject: until });
  return true;
}

function afterKind(day: number, kind: UsageKind): Partial<UsageProgressRow> {
  const next = KINDS[KINDS.indexOf(kind) + 1];
  if (next === undefined) return { rolled_day: day + DAY_MS, rolled_kind: '', rolled_subject: '' };
  return { rolled_day: day, rolled_kind: next, rolled_subject: '' };
}

/** The first day, not before that one, that has hours. */
async function firstDayOf(db: Kysely<Schema>, from: number): Promise<number | null> {
  const first = await db.selectFrom('usage_by_hour').select('hour').where('hour', '>=', from).orderBy('hour').limit(1).executeTakeFirst();
  return first === undefined ? null : first.hour - (first.hour % DAY_MS);
}

async function takeOverHours(db: Kysely<Schema>): Promise<boolean> {
  const rows = await db
    .deleteFrom('usage_hours')
    .where((eb) =>
      eb(
        eb.refTuple('key_id', 'hour', 'code'),
        'in',
        eb.selectFrom('usage_hours').select(['key_id', 'hour', 'code']).limit(ROWS_TAKEN_OVER).$asTuple('key_id', 'hour', 'code'),
      ),
    )
    .returning(['key_id', 'hour', 'code', 'count'])
    .execute();
  if (rows.length === 0) return false;
  const tables = tablesOf(db);
  const places = await tables.placesOf([...new Set(rows.map((row) => row.key_id))]);
  const counts = rows.map(({ key_id, ...count }) => ({ ...count, keyId: key_id === '' ? null : key_id }));
  await addRows(tables, keyRowsOf(counts, places));
  return true;
}

async function takeOverTotals(db: Kysely<Schema>): Promise<boolean> {
  const rows = await db
    .deleteFrom('usage_totals')
    .where((eb) =>
      eb(
        eb.refTuple('hour', 'code'),
        'in',
        eb.selectFrom('usage_totals').select(['hour', 'code']).limit(ROWS_TAKEN_OVER).$asTuple('hour', 'code'),
      ),
    )
    .returning(['hour', 'code', 'count'])
    .execute();
  if (rows.length === 0) return false;
  await addRows(tablesOf(db), rows.map(totalOf));
  return true;
}

/** Those of one day and a range of subjects at a time: what their index has of a subject's day lies together. */
async function dropHours(db: Kysely<Schema>, progress: UsageProgressRow, retention: UsageRetention): Promise<boolean> {
  const before = boundaryOf(progress.hours_from, retention.hoursFrom, { progress, retention });
  const first = await db
    .selectFrom('usage_by_hour')
    .select(['hour', 'kind'])
    .where('hour', '<', before)
    .orderBy('hour')
    .orderBy('kind')
    .limit(1)
    .executeTakeFirst();
  if (first !== undefined || before < progress.hours_from) await setProgress(db, { hours_from: before });
  if (first === undefined) return false;
  const from = { day: first.hour - (first.hour % DAY_MS), kind: first.kind, after: '' };
  const until = await endOfRange(db, from, ROWS_DROPPED);
  const hours = sql<{ hour: number; kind: UsageKind; subject: string; code: string }>`${hoursOfDay({ ...from, until })}`;
  await db
    .deleteFrom('usage_by_hour')
    .where((eb) =>
      eb(
        eb.refTuple('hour', 'kind', 'subject', 'code'),
        'in',
        eb.selectFrom(hours.as('hours')).select(['hour', 'kind', 'subject', 'code']).$asTuple('hour', 'kind', 'subject', 'code'),
      ),
    )
    .execute();
  return true;
}

async function dropDays(db: Kysely<Schema>, progress: UsageProgressRow, retention: UsageRetention): Promise<boolean> {
  const before = boundaryOf(progress.days_from, retention.daysFrom, { progress, retention });
  const { numDeletedRows } = await droppedDays(db, before, DAYS_DROPPED).executeTakeFirstOrThrow();
  if (numDeletedRows > 0n || before < progress.days_from) await setProgress(db, { days_from: before });
  return numDeletedRows > 0n;
}

interface Now {
  readonly progress: UsageProgressRow;
  readonly retention: UsageRetention;
}

/** Nothing comes back. But a clock that was far ahead and is set right has lost what there was, and not what is to come. */
function boundaryOf(known: number, wanted: number, { progress, retention }: Now): number {
  return Math.max(Math.min(known, retention.rollBefore + DAY_MS), Math.min(wanted, progress.rolled_day));
}

/** Exported for the tests of query plans. */
export function droppedDays(db: Kysely<Schema>, before: number, limit: number) {
  return db
    .deleteFrom('usage_by_day')
    .where((eb) =>
      eb(
        eb.refTuple('kind', 'subject', 'day', 'code'),
        'in',
        eb
          .selectFrom('usage_by_day')
          .select(['kind', 'subject', 'day', 'code'])
          .where('day', '<', before)
          .limit(limit)
          .$asTuple('kind', 'subject', 'day', 'code'),
      ),
    );
}

async function setProgress(db: Kysely<Schema>, fields: Partial<UsageProgressRow>): Promise<void> {
  await db.updateTable('usage_progress').set(fields).where('id', '=', 1).execute();
}

function tablesOf(db: Kysely<Schema>): UsageTables {
  return {
    ...usageReads(db),
    async addHours(rows) {
      if (rows.length > 0) await hourUpsert(db, (insert) => insert.values([...rows])).execute();
    },
    async addDays(rows) {
      if (rows.length > 0) await dayUpsert(db, (insert) => insert.values([...rows])).execute();
    },
  };
}
