// @ts-check
/** Markdown as the formatter leaves it. */

/**
 * Returns a table whose columns are padded to one width.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @returns {string}
 */
export function table(head, rows) {
  const widths = head.map((name, column) => Math.max(name.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/**
 * Returns a page of these parts. Its first line says what it is made from.
 *
 * @param {string} source
 * @param {readonly string[]} parts
 * @returns {string}
 */
export function page(source, parts) {
  return `<!-- Made from ${source} by tools/reference.js. Change it there. -->\n\n${parts.join('\n\n')}\n`;
}
