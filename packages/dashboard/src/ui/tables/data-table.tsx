/**
 * A table of rows.
 *
 * ui/tables/ owns long lists: their rows, and the steps between their pages.
 */
import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'end';
  /** The column that names the row: its heading on a narrow screen, where a row becomes a card. */
  readonly primary?: boolean;
  /** Left out where there is little room between a telephone and a full window. */
  readonly wide?: boolean;
  /** Makes the header a button that sorts, if `sorting` admits `id`: the direction at the first click. */
  readonly sorts?: Direction;
}

type Direction = 'asc' | 'desc';

export interface Sorting {
  /** The ids of the columns by which the rows can be sorted. */
  readonly choices: readonly string[];
  /** The column by which the rows are sorted, if it is known. */
  readonly by: string | null;
  readonly direction: Direction;
  readonly onSort: (by: string, direction: Direction) => void;
}

interface Selection<Row> {
  readonly isSelected: (row: Row) => boolean;
  readonly isSelectable: (row: Row) => boolean;
  readonly onChange: (rows: readonly Row[], selected: boolean) => void;
  readonly label: (row: Row) => string;
}

interface DataTableProps<Row> {
  /** Says what the table holds, to who does not see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly selection?: Selection<Row>;
  readonly sorting?: Sorting;
  /** Stale rows stay while others come. */
  readonly busy?: boolean;
}

/** Rows and columns in a wide window, cards on a narrow screen: one table to assistive technology in both. */
export function DataTable<Row>({ label, columns, rows, rowId, selection, sorting, busy = false }: DataTableProps<Row>) {
  return (
    <div className={classes.frame} data-busy={busy || undefined} aria-busy={busy}>
      <table className={classes.table} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {selection !== undefined && <SelectAll rows={rows} selection={selection} />}
            {columns.map((column) => (
              <Header key={column.id} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowId(row)} role="row" data-selected={selection?.isSelected(row) || undefined}>
              {selection !== undefined && (
                <td role="cell" className={classes.check}>
                  <Checkbox
                    size="xs"
                    aria-label={selection.label(row)}
                    checked={selection.isSelected(row)}
                    disabled={!selection.isSelectable(row)}
                    onChange={(event) => selection.onChange([row], event.currentTarget.checked)}
                  />
                </td>
              )}
              {columns.map((column) => (
                <td
                  key={column.id}
                  role="cell"
                  data-label={column.header}
                  data-align={column.align}
                  data-primary={column.primary || undefined}
                  data-wide={column.wide || undefined}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
}

function Header<Row>({ column: { id, header, align, wide, sorts }, sorting }: HeaderProps<Row>) {
  const cell = { role: 'columnheader', scope: 'col', 'data-align': align, 'data-wide': wide || undefined } as const;
  if (sorts === undefined || sorting === undefined || !sorting.choices.includes(id)) return <th {...cell}>{header}</th>;
  const isSorted = sorting.by === id;
  const { direction } = sorting;
  const next = isSorted ? (direction === 'asc' ? 'desc' : 'asc') : sorts;
  return (
    <th {...cell} data-sorts aria-sort={isSorted ? (direction === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button type="button" className={classes.sort} onClick={() => sorting.onSort(id, next)}>
        {header}
        <span aria-hidden className={classes.arrow}>
          {(isSorted ? direction : sorts) === 'asc' ? '↑' : '↓'}
        </span>
      </button>
    </th>
  );
}

function SelectAll<Row>({ rows, selection }: { readonly rows: readonly Row[]; readonly selection: Selection<Row> }) {
  const selectable = rows.filter(selection.isSelectable);
  const selected = selectable.filter(selection.isSelected).length;
  return (
    <th role="columnheader" scope="col" className={classes.check}>
      <Checkbox
        size="xs"
        label={<span className={classes.selectAll}>Select all on this page</span>}
        checked={selected > 0 && selected === selectable.length}
        indeterminate={selected > 0 && selected < selectable.length}
        disabled={selectable.length === 0}
        onChange={(event) => selection.onChange(selectable, event.currentTarget.checked)}
      />
    </th>
  );
}
