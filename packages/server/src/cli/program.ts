/** The program `latchkey`: its commands, its help, and the way in which wrong usage is told. */
import { Command, CommanderError } from 'commander';
import { addClusterCommand } from './commands/cluster.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEventsCommand } from './commands/events.js';
import { addKeysCommands } from './commands/keys/keys.js';
import { addMigrateCommand } from './commands/migrate.js';
import { addOwnersCommands } from './commands/owners.js';
import { addServeCommand } from './commands/serve.js';
import { addTiersCommands } from './commands/tiers.js';
import { addUsageCommand } from './commands/usage.js';
import { EXIT, EXIT_MEANINGS } from './exit-codes.js';
import { reportFailure, UsageError } from './failures.js';
import { collect, fields, limits } from './inputs.js';
import type { Terminal } from './terminal.js';

/** Runs one command line; the exit code is told through `terminal.finish`. Never rejects. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal, version: string): Promise<void> {
  const json = argv.includes('--json');
  // The catch below reports wrong usage as JSON, instead of the text of commander.
  const said: Terminal = json ? { ...terminal, note: () => undefined } : terminal;
  try {
    await createProgram(terminal, version, said).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) reportFailure(error, terminal, { json });
    // Help and version end this way too, with exit code 0.
    else if (error.exitCode === 0) terminal.finish(EXIT.done);
    else if (json) reportFailure(new UsageError(error.message.replace(/^error: /, '')), terminal, { json });
    else terminal.finish(EXIT.usage);
  }
}

/** `said` takes the messages of wrong usage. */
export function createProgram(terminal: Terminal, version: string, said: Terminal = terminal): Command {
  const program = new Command('latchkey')
    .description('Issue, verify, limit, rotate and revoke API keys.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Options after a command are its own: "events" and "events archive" both have some of the same name.
    .enablePositionalOptions()
    .showHelpAfterError('(--help says more)')
    .configureOutput({ writeOut: (text) => terminal.print(text), writeErr: (text) => said.note(text.trimEnd()) })
    .exitOverride()
    .addHelpText('after', helpFooter());
  addServeCommand(program, terminal);
  addMigrateCommand(program, terminal);
  addKeysCommands(program, terminal);
  addOwnersCommands(program, terminal);
  addTiersCommands(program, terminal);
  addEventsCommand(program, terminal);
  addUsageCommand(program, terminal);
  addClusterCommand(program, terminal);
  addDoctorCommand(program, terminal);
  refuseRepeated(program);
  return program;
}

/** Of an option that takes one value, the last one would count, and the others would be ignored. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (!(option.required || option.optional) || REPEATABLE.has(option.parseArg)) continue;
    let given = 0;
    command.on(`option:${option.name()}`, () => {
      given += 1;
      if (given > 1) command.error(`error: option '${option.flags}' is given more than once`, { code: 'latchkey.repeatedOption' });
    });
  }
  for (const each of command.commands) refuseRepeated(each);
}

const REPEATABLE: ReadonlySet<unknown> = new Set([collect, limits, fields]);

function helpFooter(): string {
  const codes = Object.entries(EXIT).map(([name, code]) => `  ${String(code).padEnd(3)} ${EXIT_MEANINGS[name as keyof typeof EXIT]}`);
  return `
The commands that administer ask a running service, found and opened by:
  LATCHKEY_URL        where it listens (default http://127.0.0.1:8787)
  LATCHKEY_ADMIN_KEY  its admin key (else ADMIN_API_KEY), or
  LATCHKEY_TOKEN      an operator token

Examples:
  latchkey serve
  TOKEN=$(latchkey keys create --name CI --owner team-7)
  printf %s "$TOKEN" | latchkey keys verify

Exit codes:
${codes.join('\n')}`;
}
