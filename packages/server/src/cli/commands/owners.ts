import type { Command } from 'commander';
import type { ListOwnersQuery, UpdateOwnerInput } from 'latchkey';
import type { ChangedOwner, RevokeKeyInput, RevokedAll } from 'latchkey/client';
import { CONTRACT, type Call } from 'latchkey/internal';
import {
  adminCommand,
  attempt,
  commandGroup,
  conditionalCommand,
  connect,
  type AdminOptions,
  type ConditionalOptions,
} from '../admin-command.js';
import { cleared, clearWords, type Clearing } from '../clearing.js';
import { UsageError } from '../failures.js';
import { inputOf, withInput } from '../input-options.js';
import { collect } from '../inputs.js';
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

const { list, update, suspend, resume, revokeAll } = CONTRACT.owners;

interface ListOptions extends AdminOptions {
  readonly all?: boolean;
}

const NO_OWNERS = 'There are no owners yet. One comes with its first key: latchkey keys create --name my-key --owner my-owner';

function addList(owners: Command, terminal: Terminal): void {
  withInput(adminCommand(owners, 'list', 'list owners, by id'), list)
    .option('--all', 'every page')
    .action(async (options: ListOptions) =>
      attempt(terminal, { ...options, call: list }, async () => {
        const { search, limit, cursor } = inputOf(options, list) as ListOwnersQuery;
        const client = connect(terminal, options);
        const read = async (page: { limit?: number | undefined; cursor?: string | undefined }) => client.owners.list({ search, ...page });
        const none = search === undefined ? NO_OWNERS : 'There is no such owner.';
        await printPage(terminal, { ...options, limit, cursor: cursor ?? undefined, read, columns: OWNER_TABLE, none });
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

interface UpdateOptions extends ConditionalOptions {
  readonly clear?: readonly string[];
}

const CLEARING: Clearing<UpdateOwnerInput> = {
  name: ['name', null],
  description: ['description', null],
  limits: ['limits', []],
  maxKeys: ['max-keys', null],
  metadata: ['metadata', {}],
};

function addUpdate(owners: Command, terminal: Terminal): void {
  withInput(conditionalCommand(owners, 'update <id>', 'change an owner, or make its record; what is not named stays'), update)
    .option('--clear <fields>', `take away: ${clearWords(CLEARING).join(', ')}`, collect)
    .addHelpText('after', '\nExample:\n  latchkey owners update acme --limit daily=10000/1d --max-keys 5')
    .action(async (id: string, options: UpdateOptions) =>
      attempt(terminal, { ...options, call: update }, async () => {
        const fields = inputOf(options, update);
        const patch: UpdateOwnerInput = { ...fields, ...cleared(options.clear ?? [], CLEARING, (field) => field in fields) };
        if (Object.keys(patch).length === 0) throw new UsageError('Name at least one change; see --help.');
        printChanged(await connect(terminal, options).owners.update(id, patch, { ifMatch: options.ifVersion }), 'Changed', {
          options,
          terminal,
        });
      }),
    );
}

interface OwnerChange {
  /** The name of the call, too. */
  readonly verb: 'suspend' | 'resume';
  readonly call: Call;
  readonly description: string;
  readonly done: string;
}

const SUSPEND: OwnerChange = {
  verb: 'suspend',
  call: suspend,
  description: 'stop every key of an owner, until it is resumed',
  done: 'Suspended',
};

const RESUME: OwnerChange = {
  verb: 'resume',
  call: resume,
  description: 'let the keys of a suspended owner work again',
  done: 'Resumed',
};

function addChange(owners: Command, terminal: Terminal, { verb, call, description, done }: OwnerChange): void {
  withInput(conditionalCommand(owners, `${verb} <id>`, description), call).action(async (id: string, options: ConditionalOptions) =>
    attempt(terminal, { ...options, call }, async () => {
      const input = inputOf(options, call) as RevokeKeyInput;
      const changed = await connect(terminal, options).owners[verb](id, input, { ifMatch: options.ifVersion });
      printChanged(changed, done, { options, terminal });
    }),
  );
}

function addRevokeAll(owners: Command, terminal: Terminal): void {
  withInput(adminCommand(owners, 'revoke-all <id>', 'revoke every key of an owner permanently'), revokeAll).action(
    async (id: string, options: AdminOptions) =>
      attempt(terminal, { ...options, call: revokeAll }, async () => {
        const result = await connect(terminal, options).owners.revokeAll(id, inputOf(options, revokeAll));
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
