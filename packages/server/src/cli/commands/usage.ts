import type { Command } from 'commander';
import type { UsageReport, UsageRequest } from 'latchkey';
import { adminCommand, attempt, connect, type AdminOptions } from '../admin-command.js';
import { renderTable, type TextColumn } from '../table.js';
import type { Terminal } from '../terminal.js';

interface UsageOptions extends AdminOptions, UsageRequest {}

type Point = UsageReport['points'][number];

/** `latchkey usage` */
export function addUsageCommand(program: Command, terminal: Terminal): void {
  adminCommand(program, 'usage', 'how many verifications there were, by hour or day and by outcome')
    .option('--key <id>', 'of this key')
    .option('--owner <id>', 'of the keys of this owner')
    .option('--tier <name>', 'of the keys that were in this tier; without --key and --owner')
    .option('--from <time>', 'from when; by default 30 days ago, or since figures are kept')
    .option('--until <time>', 'until when; by default now')
    .option('--by <hour|day>', 'an hour or a UTC day a line')
    .addHelpText(
      'after',
      '\nFigures are of whole hours, or of whole UTC days: up to the one in which --until lies.\n\nExample:\n  latchkey usage --owner acme --from 2026-01-01 --by day',
    )
    .action(async (options: UsageOptions) =>
      attempt(terminal, options, async () => {
        const { key, owner, tier, from, until, by } = options;
        const report = await connect(terminal, options).usage.read({ key, owner, tier, from, until, by });
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
