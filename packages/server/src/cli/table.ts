/** Tables and lists of fields for people. Every cell is stripped of what could act on the terminal. */
import { displayWidth, plainText } from './plain-text.js';

export interface TextColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

/** Columns of even width, two spaces apart; the titles stand out where `colour` is allowed. */
export function renderTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[], colour: boolean): string {
  const titles = columns.map((column) => column.title.toUpperCase());
  const cells = rows.map((row) => columns.map((column) => plainText(column.cell(row))));
  const widths = titles.map((title, index) => Math.max(...[title, ...cells.map((row) => row[index] ?? '')].map(displayWidth)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const header = line(titles);
  return [colour ? `\u001b[1m${header}\u001b[0m` : header, ...cells.map(line)].map((text) => `${text}\n`).join('');
}

/** One `label  value` a line; a field without a value shows a dash. */
export function renderFields(fields: readonly (readonly [label: string, value: string | null])[]): string {
  const width = Math.max(...fields.map(([label]) => displayWidth(label)));
  return fields.map(([label, value]) => `${pad(label, width)}  ${value === null || value === '' ? '–' : plainText(value)}\n`).join('');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
