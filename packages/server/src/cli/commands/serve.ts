import type { Command } from 'commander';
import { attempt } from '../admin-command.js';
import { withSettings, type SettingFlags } from '../setting-flags.js';
import type { Terminal } from '../terminal.js';

/** `latchkey serve` */
export function addServeCommand(program: Command, terminal: Terminal): void {
  withSettings(program.command('serve').description('run the service'))
    .addHelpText(
      'after',
      `
Secrets come from ADMIN_API_KEY and LATCHKEY_PEPPERS, or from files, never from flags.
On a terminal without ADMIN_API_KEY, an admin key is made for this run and printed once.
It ends well on SIGINT and SIGTERM: what is under way is finished; a second signal ends it at once.

Examples:
  latchkey serve
  ADMIN_API_KEY=$(openssl rand -base64 32) latchkey serve --database file:/var/lib/latchkey/latchkey.db --port 8080`,
    )
    .action(async (flags: SettingFlags) =>
      attempt(terminal, {}, async () => (await import('../run-service.js')).runService(terminal, flags)),
    );
}
