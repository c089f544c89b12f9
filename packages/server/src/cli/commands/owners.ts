import type { Command } from 'commander';
import type { LimitInput, UpdateOwnerInput } from 'latchkey';
import type { ChangedOwner, Client, RevokeKeyInput, RevokedAll } from 'latchkey/client';
import { adminCommand, attempt, commandGroup, connect, type AdminOptions } from '../admin-command.js';
import { UsageError } from '../failures.js';
import { LIMIT_FORM, collect, jsonObject, limits, wholeNumber } from '../inputs.js';
import { printPage } from '../pages.js';
import { OWNER_TABLE, propagationText, revokingText, showOwner } from '../show.js';
import type { Terminal } from '../terminal.js';

/** `latchkey owners …` */
export function addOwnersCommands(program: Command, terminal: Terminal): void {
  const owners = commandGroup(program, 'owners', 'find, change, suspend and resume the owners of keys');
  addList(owners, terminal);
  addShow(owners, terminal);
  addUpdate(owners, terminal);
  addChange(owners, terminal, SUSPEND);
  addChange(owners, terminal, RESUME);
  addRevokeAll(owners, terminal);
}

interface ListOptions extends AdminOptions {
  readonly search?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

const NO_OWNERS = 'There are no owners yet. One comes with its first key: latchkey keys create --name my-key --owner my-owner';

function addList(owners: Command, terminal: Terminal): void {
  adminCommand(owners, 'list', 'list owners, by id')
    .option('--search <text>', 'whose id or name matches')
    .option('--limit <number>', 'at most so many (1 to 100)', wholeNumber)
    .option('--cursor <cursor>', 'from where the page before ended')
    .option('--all', 'every page')
    .action(async (options: ListOptions) =>
      attempt(terminal, options, async () => {
        const client = connect(terminal, options);
        const read = async (page: { limit?: number | undefined; cursor?: string | undefined }) =>
          client.owners.list({ search: options.search, ...page });
        await printPage(terminal, {
          ...options,
          read,
          columns: OWNER_TABLE,
          none: options.search === undefined ? NO_OWNERS : 'There is no such owner.',
        });
      }),
    );
}

function addShow(owners: Command, terminal: Terminal): void {
  adminCommand(owners, 'show <id>', 'show an owner').action(async (id: string, options: AdminOptions) =>
    attempt(terminal, options, async () => {
      const owner = await connect(terminal, options).owners.get(id);
      if (options.json === true) terminal.printJson(owner);
      else terminal.print(showOwner(owner));
    }),
  );
}

interface UpdateOptions extends AdminOptions {
  readonly name?: string;
  readonly limit?: readonly LimitInput[];
  readonly maxKeys?: number;
  readonly metadata?: UpdateOwnerInput['metadata'];
  readonly clear?: readonly string[];
}

const CLEARED: Readonly<Record<string, UpdateOwnerInput>> = {
  name: { name: null },
  limits: { limits: [] },
  'max-keys': { maxKeys: null },
  metadata: { metadata: {} },
};

function addUpdate(owners: Command, terminal: Terminal): void {
  adminCommand(owners, 'update <id>', 'change an owner, or make its record; what is not named stays')
    .option('--name <name>', 'a name for people')
    .option('--limit <limit>', `a limit shared by all its keys, as ${LIMIT_FORM}; may be repeated`, limits)
    .option('--max-keys <number>', 'how many keys it may have', wholeNumber)
    .option('--metadata <json>', 'a JSON object of your own', jsonObject)
    .option('--clear <fields>', `take away: ${Object.keys(CLEARED).join(', ')}`, collect)
    .addHelpText('after', '\nExample:\n  latchkey owners update acme --limit daily=10000/1d --max-keys 5')
    .action(async (id: string, options: UpdateOptions) =>
      attempt(terminal, options, async () => {
        const { name, limit, maxKeys, metadata } = options;
        const patch = { name, limits: limit, maxKeys, metadata, ...cleared(options.clear ?? []) };
        if (Object.values(patch).every((value) => value === undefined)) throw new UsageError('Name at least one change; see --help.');
        printChanged(await connect(terminal, options).owners.update(id, patch), 'Changed', { options, terminal });
      }),
    );
}

function cleared(names: readonly string[]): UpdateOwnerInput {
  return names.reduce<UpdateOwnerInput>((patch, name) => {
    const change = Object.hasOwn(CLEARED, name) ? CLEARED[name] : undefined;
    if (change === undefined) throw new UsageError(`--clear takes ${Object.keys(CLEARED).join(', ')}.`);
    return { ...patch, ...change };
  }, {});
}

interface OwnerChange {
  readonly verb: string;
  readonly description: string;
  readonly done: string;
  readonly change: (client: Client, id: string, input: RevokeKeyInput) => Promise<ChangedOwner>;
}

const SUSPEND: OwnerChange = {
  verb: 'suspend',
  description: 'stop every key of an owner, until it is resumed',
  done: 'Suspended',
  change: async (client, id, input) => client.owners.suspend(id, input),
};

const RESUME: OwnerChange = {
  verb: 'resume',
  description: 'let the keys of a suspended owner work again',
  done: 'Resumed',
  change: async (client, id, input) => client.owners.resume(id, input),
};

function addChange(owners: Command, terminal: Terminal, { verb, description, done, change }: OwnerChange): void {
  adminCommand(owners, `${verb} <id>`, description)
    .option('--reason <text>', 'why, for the log')
    .action(async (id: string, options: AdminOptions & { reason?: string }) =>
      attempt(terminal, options, async () => {
        printChanged(await change(connect(terminal, options), id, { reason: options.reason }), done, { options, terminal });
      }),
    );
}

function addRevokeAll(owners: Command, terminal: Terminal): void {
  adminCommand(owners, 'revoke-all <id>', 'end every key of an owner, for good')
    .option('--reason <text>', 'why, for the log')
    .action(async (id: string, options: AdminOptions & { reason?: string }) =>
      attempt(terminal, options, async () => {
        const result = await connect(terminal, options).owners.revokeAll(id, { reason: options.reason });
        printChanged(result, `Revoked ${result.revoked} ${result.revoked === 1 ? 'key' : 'keys'}`, { options, terminal });
      }),
    );
}

function printChanged(
  changed: ChangedOwner | RevokedAll,
  done: string,
  { options, terminal }: { options: AdminOptions; terminal: Terminal },
): void {
  if (options.json === true) {
    terminal.printJson(changed);
    return;
  }
  terminal.print(showOwner(changed.owner));
  const pending = propagationText(changed.propagation);
  const { revoking } = changed.owner;
  const rest = revoking === null ? [] : [`Every key is refused; ${revokingText(revoking)}. See: latchkey owners show ${changed.owner.id}`];
  terminal.note([`${done}.`, ...rest, ...(pending === null ? [] : [pending])].join(' '));
}
