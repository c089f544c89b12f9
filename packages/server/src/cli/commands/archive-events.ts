import type { Command } from 'commander';
import { adminCommand, attempt, connect, type AdminOptions } from '../admin-command.js';
import { UsageError } from '../failures.js';
import { countOf } from '../plain-text.js';
import type { Terminal } from '../terminal.js';

interface ArchiveOptions extends AdminOptions {
  readonly before?: string;
  readonly file?: string;
}

/** `latchkey events archive` */
export function addArchiveCommand(events: Command, terminal: Terminal): void {
  adminCommand(events, 'archive', 'take the old part of the audit log out of the database, which an export holds')
    .option('--before <seq|date>', 'archive the entries before this one, or before this instant (required)')
    .option('--file <path>', 'the export that holds them; it is checked first. - for standard input (required)')
    .addHelpText(
      'after',
      `
Entries of the last hour stay in the log. What is archived is in the export only: keep it.

Examples:
  latchkey events --export > log-2026.jsonl
  latchkey events archive --before 2027-01-01T00:00:00Z --file log-2026.jsonl`,
    )
    .action(async (options: ArchiveOptions) => attempt(terminal, options, async () => archive(options, terminal)));
}

async function archive({ before, file, ...options }: ArchiveOptions, terminal: Terminal): Promise<void> {
  if (before === undefined || file === undefined) throw new UsageError('Give --before and --file; see --help.');
  const client = connect(terminal, options);
  const { findArchivable } = await import('../archivable.js');
  const { archived: checkpoint } = await client.events.verify({ limit: 1 });
  const { archived, entries } = await client.events.archive({ upTo: await findArchivable(terminal, { file, before, checkpoint }) });
  if (options.json === true) terminal.printJson({ archived, entries });
  else terminal.print(`Archived ${countOf(entries, 'entry', 'entries')}. The log begins after ${archived.seq}:${archived.hash}\n`);
}
