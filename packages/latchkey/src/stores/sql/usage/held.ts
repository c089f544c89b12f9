/** Usage figures that are kept, for people. Rows and bytes are counted or estimated, as far as that is cheap. */
export interface UsageHeld {
  readonly hours: TableWeight;
  readonly days: TableWeight;
  /** Whether rows of an earlier version wait to be taken over. */
  readonly takingOver: boolean;
}

export interface TableWeight {
  /** Start of the oldest figures, in epoch milliseconds; null while there are none. */
  readonly since: number | null;
  readonly rows: number;
  /** Says if `rows` is exact, the number at which counting ended, or the estimate of the database. */
  readonly counted: 'exact' | 'at_least' | 'estimated';
  /** With its indexes; null where the database would have to read it all to know. */
  readonly bytes: number | null;
}

/** One row, in any database; `schema` ends with a dot, or is empty. */
export function usageSinceQuery(schema: string): string {
  return `select (select min(hour) from ${schema}usage_by_hour) as hours, (select min(day) from ${schema}usage_by_day) as days,
    case when exists (select 1 from ${schema}usage_hours) or exists (select 1 from ${schema}usage_totals) then 1 else 0 end as earlier`;
}

export interface UsageSinceRow {
  readonly hours: number | null;
  readonly days: number | null;
  readonly earlier: number;
}
