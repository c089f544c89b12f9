import type { Command } from 'commander';
import { attempt, jsonCommand } from '../admin-command.js';
import type { SettingFlags } from '../setting-flags.js';
import type { Terminal } from '../terminal.js';

interface MigrateOptions extends SettingFlags {
  readonly json?: boolean;
}

/** `latchkey migrate` */
export function addMigrateCommand(program: Command, terminal: Terminal): void {
  jsonCommand(program, 'migrate', 'bring the database to the form that this version needs; safe to repeat')
    .option('--database <url>', 'the database (else DATABASE_URL, else file:./latchkey.db)')
    .option('--config <path>', 'a JSON file of settings (else LATCHKEY_CONFIG)')
    .addHelpText('after', '\nThe service does so by itself when it starts; this does it before.')
    .action(async ({ json, ...flags }: MigrateOptions) =>
      attempt(terminal, { json }, async () => {
        const { migrate } = await import('../migrate.js');
        const applied = await migrate(terminal, flags);
        if (json === true) terminal.printJson({ applied });
        else if (applied.length === 0) terminal.note('The database is up to date.');
        else terminal.note(`Applied: ${applied.join(', ')}.`);
      }),
    );
}
