/** Characters that begin a formula in a spreadsheet, also in full width, in small form and as the minus sign (OWASP, "CSV injection"). */
const FORMULA = '=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212';

/**
 * Places where a cell may begin: at the start, and after what separates cells and rows for a spreadsheet of another locale,
 * which knows no quotes around it. Spaces and quotes before a formula do not make it harmless.
 */
const CELL_START = new RegExp(`^(?=[\t\r\n\0])|(?<=^|[;\t\r\n])(?=[ "\u00a0\u3000\0]*[${FORMULA}])`, 'g');

/**
 * A row of CSV after RFC 4180, its end included. A text that a spreadsheet would take for a formula, or split into one, gets an
 * apostrophe in front of it, which makes it text there; numbers stay what they are.
 */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell.replace(CELL_START, "'");
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
