/** What begins a formula in a spreadsheet, whoever wrote it. */
const FORMULA = /^[=+\-@\t\r\0]/;

/**
 * A row of CSV after RFC 4180, its end included. A text that a spreadsheet would take for a formula gets an apostrophe in front, which
 * makes it text there; numbers stay what they are.
 */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
