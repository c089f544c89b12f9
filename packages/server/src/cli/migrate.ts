/** What `latchkey migrate` does. */
import { migrateDatabase } from 'latchkey/internal';
import { loadConfig } from './load-config.js';
import type { SettingFlags } from './setting-flags.js';
import type { Terminal } from './terminal.js';

/** The migrations that the database lacked, and now has. */
export async function migrate(terminal: Terminal, flags: SettingFlags): Promise<readonly string[]> {
  return migrateDatabase(loadConfig(terminal, flags).database);
}
