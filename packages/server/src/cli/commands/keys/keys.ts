import type { Command } from 'commander';
import type { ListKeysQuery } from 'latchkey';
import { CONTRACT } from 'latchkey/internal';
import { adminCommand, attempt, commandGroup, connect, type AdminOptions } from '../../admin-command.js';
import { inputOf, withInput } from '../../input-options.js';
import { printPage } from '../../pages.js';
import { KEY_TABLE, showKey } from '../../show.js';
import type { Terminal } from '../../terminal.js';
import { DISABLE, ENABLE, REVOKE, addChange, addUpdate } from './change-key.js';
import { addWhereChange, DISABLE_WHERE, EXTEND_WHERE, REVOKE_WHERE } from './change-where.js';
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
  for (const change of [REVOKE_WHERE, DISABLE_WHERE, EXTEND_WHERE]) addWhereChange(keys, terminal, change);
}

const { list } = CONTRACT.keys;

interface ListOptions extends AdminOptions {
  readonly all?: boolean;
}

const NO_KEYS = 'There are no keys yet. To create one: latchkey keys create --name my-key --owner my-owner';

function addList(keys: Command, terminal: Terminal): void {
  withInput(adminCommand(keys, 'list', 'list keys'), list)
    .option('--all', 'every page')
    .action(async (options: ListOptions) =>
      attempt(terminal, { ...options, call: list }, async () => {
        const { limit, cursor, ...filters } = inputOf(options, list) as ListKeysQuery;
        const none = noneOf({ search: filters.search, isFiltered: Object.keys(filters).length > 0 });
        const client = connect(terminal, options);
        const read = async (page: { limit?: number | undefined; cursor?: string | undefined }) => client.keys.list({ ...filters, ...page });
        await printPage(terminal, { ...options, limit, cursor: cursor ?? undefined, read, columns: KEY_TABLE, none });
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
