import type { Command } from 'commander';
import type { UsageReport } from 'latchkey';
import { CONTRACT } from 'latchkey/internal';
import { adminCommand, attempt, connect, type AdminOptions } from '../admin-command.js';
import { inputOf, withInput } from '../input-options.js';
import { renderTable, type TextColumn } from '../table.js';
import type { Terminal } from '../terminal.js';

type Point = UsageReport['points'][number];

const { read } = CONTRACT.usage;

/** `latchkey usage` */
export function addUsageCommand(program: Command, terminal: Terminal): void {
  withInput(adminCommand(program, 'usage', 'how many verifications there were, by hour or day and by outcome'), read)
    .addHelpText(
      'after',
      '\nFigures are of whole hours, or of whole UTC days: up to the one in which --until lies.\n\nExample:\n  latchkey usage --owner acme --from 2026-01-01 --by day',
    )
    .action(async (options: AdminOptions) =>
      attempt(terminal, { ...options, call: read }, async () => {
        const report = await connect(terminal, options).usage.read(inputOf(options, read));
        if (options.json === true) terminal.printJson(report);
        else printReport(report, terminal);
      }),
    );
}

function printReport(report: UsageReport, terminal: Terminal): void {
  if (report.points.length === 0) {
    terminal.note(`No verifications from ${report.from} until ${report.until}.`);
    return;
  }
  const codes = Object.keys(report.totals) as (keyof UsageReport['totals'])[];
  const columns: readonly TextColumn<Point>[] = [
    { title: report.by, cell: (point) => point.start },
    ...codes.map((code): TextColumn<Point> => ({ title: code, cell: (point) => String(point.counts[code] ?? 0) })),
  ];
  terminal.print(renderTable(columns, [...report.points, { start: 'total', counts: report.totals }], terminal.colour));
  terminal.note(`The figures may be up to ${report.behindMs / 1_000} s behind.`);
}
