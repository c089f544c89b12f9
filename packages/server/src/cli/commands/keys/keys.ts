import type { Command } from 'commander';
import type { KeyView, ListKeysQuery } from 'latchkey';
import { adminCommand, attempt, commandGroup, connect, type AdminOptions } from '../../admin-command.js';
import { wholeNumber } from '../../inputs.js';
import { printPage } from '../../pages.js';
import { KEY_TABLE, showKey } from '../../show.js';
import type { Terminal } from '../../terminal.js';
import { DISABLE, ENABLE, REVOKE, addChange, addUpdate } from './change-key.js';
import { addCreate, addRotate } from './issue-key.js';
import { addVerify } from './verify-key.js';

/** `latchkey keys …` */
export function addKeysCommands(program: Command, terminal: Terminal): void {
  const keys = commandGroup(program, 'keys', 'create, find, verify, change and revoke keys');
  addCreate(keys, terminal);
  addList(keys, terminal);
  addShow(keys, terminal);
  addVerify(keys, terminal);
  addUpdate(keys, terminal);
  addRotate(keys, terminal);
  for (const change of [REVOKE, DISABLE, ENABLE]) addChange(keys, terminal, change);
}

interface ListOptions extends AdminOptions, Omit<ListKeysQuery, 'limit' | 'status'> {
  readonly limit?: number;
  readonly status?: KeyView['status'];
  readonly all?: boolean;
}

const NO_KEYS = 'There are no keys yet. To create one: latchkey keys create --name my-key --owner my-owner';

function addList(keys: Command, terminal: Terminal): void {
  adminCommand(keys, 'list', 'list keys, newest first')
    .option('--owner <id>', 'of this owner')
    .option('--tier <name>', 'of this tier')
    .option('--environment <name>', 'of this environment')
    .option('--status <status>', 'active, disabled, revoked, expired, scheduled or suspended')
    .option(
      '--search <text>',
      'a part of the name, an id, or a hint, whole or its last 4 characters; one or two characters are looked for among the first 50 000 keys of the list',
    )
    .option('--limit <number>', 'at most so many (1 to 100)', wholeNumber)
    .option('--cursor <cursor>', 'from where the page before ended')
    .option('--all', 'every page')
    .action(async (options: ListOptions) =>
      attempt(terminal, options, async () => {
        const { owner, tier, environment, status, search } = options;
        const isFiltered = [owner, tier, environment, status, search].some((filter) => filter !== undefined);
        const client = connect(terminal, options);
        const read = async (page: { limit?: number | undefined; cursor?: string | undefined }) =>
          client.keys.list({ owner, tier, environment, status, search, ...page });
        await printPage(terminal, { ...options, read, columns: KEY_TABLE, none: noneOf({ search, isFiltered }) });
      }),
    );
}

function noneOf({ search, isFiltered }: { readonly search: string | undefined; readonly isFiltered: boolean }): string {
  if (!isFiltered) return NO_KEYS;
  const isShort = search !== undefined && Array.from(search.trim()).length < 3;
  return isShort ? 'No key among the first 50 000 is like that. Search for three characters or more.' : 'There is no such key.';
}

function addShow(keys: Command, terminal: Terminal): void {
  adminCommand(keys, 'show <id>', 'show all that is known of a key, but its token').action(async (id: string, options: AdminOptions) =>
    attempt(terminal, options, async () => {
      const key = await connect(terminal, options).keys.get(id);
      if (options.json === true) terminal.printJson(key);
      else terminal.print(showKey(key));
    }),
  );
}
