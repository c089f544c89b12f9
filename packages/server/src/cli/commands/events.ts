import type { Command } from 'commander';
import type { ArchivedPart, ChainReport, EventView, ListEventsQuery, LogHead } from 'latchkey';
import { CONTRACT } from 'latchkey/internal';
import { adminCommand, attempt, connect, type AdminOptions } from '../admin-command.js';
import { EXIT } from '../exit-codes.js';
import { UsageError } from '../failures.js';
import { inputOf, withInput } from '../input-options.js';
import { head } from '../inputs.js';
import { addArchiveCommand } from './archive-events.js';
import { serviceLog, type EventFilters, type LogSource } from '../log-source.js';
import { countOf } from '../plain-text.js';
import { printPage } from '../pages.js';
import type { TextColumn } from '../table.js';
import type { Terminal } from '../terminal.js';

interface EventsOptions extends AdminOptions, Pick<ListEventsQuery, (typeof FILTERS)[number] | 'order' | 'limit'> {
  readonly cursor?: string;
  readonly all?: boolean;
  readonly head?: boolean;
  readonly export?: boolean;
  readonly verify?: boolean;
  readonly expect?: LogHead;
  readonly after?: LogHead;
  /** True where DATABASE_URL says which. */
  readonly database?: string | true;
  readonly file?: string;
}

const { list } = CONTRACT.events;

/** `latchkey events` */
export function addEventsCommand(program: Command, terminal: Terminal): void {
  const events = adminCommand(program, 'events', 'the audit log: list it, export it, archive it, and check that nobody altered it');
  withInput(events.enablePositionalOptions(), list)
    .option('--all', 'every page')
    .option('--head', 'print the last entry as <seq>:<hash>; keep it elsewhere, to find a cut tail later')
    .option('--export', 'print the log, or what the filters above admit of it, oldest first, as lines of JSON')
    .option('--verify', 'check every link of the log; exit code 1 where it is broken')
    .option('--expect <seq:hash>', 'with --verify: a head that was kept, so that a cut tail is found too', head)
    .option('--after <seq:hash>', 'with --verify: check only the entries after this head, which an earlier check printed', head)
    .option('--database [url]', 'read the database itself, without a service: this one, else DATABASE_URL')
    .option('--file <path>', 'with --verify: read an export; - for standard input')
    .addHelpText(
      'after',
      `
Examples:
  latchkey events --owner acme --action key.revoked
  latchkey events --export > log.jsonl && latchkey events --verify --file log.jsonl
  latchkey events --export --from 2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z > november.jsonl
  latchkey events --verify --database file:./latchkey.db --expect "$KEPT_HEAD"
  latchkey events --verify --after "$CHECKED_HEAD"    # only what is new since the last check`,
    )
    .action(async (options: EventsOptions) => attempt(terminal, { ...options, call: list }, async () => run(options, terminal)));
  addArchiveCommand(events, terminal);
}

async function run(options: EventsOptions, terminal: Terminal): Promise<void> {
  const chosen = [options.head, options.export, options.verify].filter((mode) => mode === true);
  if (chosen.length > 1) throw new UsageError('Use one of --head, --export and --verify.');
  for (const name of ['expect', 'after'] as const) {
    if (options[name] !== undefined && options.verify !== true) throw new UsageError(`--${name} goes with --verify.`);
  }
  if (chosen.length === 0) {
    if (options.database !== undefined || options.file !== undefined)
      throw new UsageError('--database and --file go with --verify, --export or --head.');
    await printEvents(options, terminal);
    return;
  }
  assertNoneIgnored(options);
  const source = await openSource(options, terminal);
  try {
    if (options.verify === true) await verify(source, options, terminal);
    else if (options.export === true) for await (const event of source.walk(filtersOf(options))) terminal.printJson(event);
    else printHead(await source.head(), options, terminal);
  } finally {
    await source.close();
  }
}

/** An option that does nothing is refused: somebody may rely on it. */
function assertNoneIgnored(options: EventsOptions): void {
  const mode = options.head === true ? 'head' : options.export === true ? 'export' : 'verify';
  for (const name of ['order', 'limit', 'cursor', 'all'] as const) {
    if (options[name] !== undefined) throw new UsageError(`--${name} goes with the list, not with --${mode}.`);
  }
  const filter = FILTERS.find((name) => options[name] !== undefined);
  if (filter === undefined) return;
  if (mode !== 'export')
    throw new UsageError(`--${filter} does not go with --${mode}: the links of the log are between all of its entries.`);
  if (options.database !== undefined || options.file !== undefined)
    throw new UsageError(`--${filter} goes with the export from a service, not with --database or --file.`);
}

const FILTERS = ['key', 'owner', 'actor', 'action', 'from', 'until'] as const;

function filtersOf(options: EventsOptions): EventFilters {
  const { order: _order, limit: _limit, cursor: _cursor, ...filters } = inputOf(options, list);
  return filters;
}

async function openSource({ database, file, ...service }: EventsOptions, terminal: Terminal): Promise<LogSource> {
  if (database !== undefined && file !== undefined) throw new UsageError('Use --database or --file, not both.');
  if (database === undefined && file === undefined) return serviceLog(connect(terminal, service));
  const { databaseLog, fileLog } = await import('../local-log.js');
  return file === undefined ? databaseLog(terminal, database === true ? {} : { database }) : fileLog(terminal, file);
}

const COLUMNS: readonly TextColumn<EventView>[] = [
  { title: 'seq', cell: (event) => String(event.seq) },
  { title: 'at', cell: (event) => event.at },
  { title: 'action', cell: (event) => event.action },
  { title: 'target', cell: (event) => event.target.id },
  { title: 'owner', cell: (event) => event.owner ?? '–' },
  { title: 'by', cell: (event) => (event.actor.id === event.actor.type ? event.actor.type : `${event.actor.type} ${event.actor.id}`) },
  { title: 'changed', cell: (event) => Object.keys(event.after ?? {}).join(' ') || '–' },
  { title: 'reason', cell: (event) => event.reason ?? '–' },
];

async function printEvents(options: EventsOptions, terminal: Terminal): Promise<void> {
  const { order } = options;
  const client = connect(terminal, options);
  const read = async (page: { limit?: number | undefined; cursor?: string | undefined }) =>
    client.events.list({ ...filtersOf(options), order, ...page });
  await printPage(terminal, { ...options, read, columns: COLUMNS, none: 'There is no such event.' });
}

async function verify(source: LogSource, options: EventsOptions, terminal: Terminal): Promise<void> {
  const { expect, after } = options;
  const report = await source.verify({ expect, after }, (entries) => terminal.note(`Checked ${countOf(entries, 'entry', 'entries')}.`));
  printReport(report, options, terminal);
}

function printReport(report: ChainReport, options: EventsOptions, terminal: Terminal): void {
  // A pipe whose first half failed must not pass for a log that was checked.
  if (report.intact && report.head === null && options.file !== undefined)
    throw new UsageError('The export has no entry, so nothing was checked. Export the log anew.');
  if (!report.intact) terminal.finish(EXIT.refused);
  if (options.json === true) {
    terminal.printJson(report);
    return;
  }
  const { broken, head: last, entries } = report;
  if (broken !== null) {
    terminal.print(`The log is broken at entry ${broken.seq}: ${broken.reason}\n`);
    return;
  }
  if (last === null) {
    terminal.print('The log is empty.\n');
    return;
  }
  const checked = `${countOf(entries, 'entry', 'entries')}${options.after === undefined ? '' : ` after entry ${options.after.seq}`}`;
  terminal.print(`The log is whole: ${checked}, head ${last.seq}:${last.hash}\n`);
  if (report.archived !== null) terminal.print(`It begins after what was archived, ${ARCHIVED[report.archived.signature]}\n`);
  if (terminal.interactive) terminal.note(`Next time, check only what is new: latchkey events --verify --after ${last.seq}:${last.hash}`);
}

const ARCHIVED: Readonly<Record<ArchivedPart['signature'], string>> = {
  valid: 'by a checkpoint whose signature is valid.',
  invalid: 'by a checkpoint whose signature does not match.',
  none: 'by a checkpoint that is not signed: no pepper was configured.',
  unknown_pepper: 'by a checkpoint whose signature was not checked: its pepper is not configured here.',
};

function printHead(last: LogHead | null, options: EventsOptions, terminal: Terminal): void {
  if (options.json === true) terminal.printJson(last);
  else if (last === null) terminal.note('The log is empty.');
  else terminal.print(`${last.seq}:${last.hash}\n`);
}
