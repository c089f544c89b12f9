import type { Command } from 'commander';
import type { ChangedWhere, Client } from 'latchkey/client';
import { CONTRACT, type Call } from 'latchkey/internal';
import { adminCommand, attempt, connect, type AdminOptions } from '../../admin-command.js';
import { inputOf, withInput } from '../../input-options.js';
import { countOf } from '../../plain-text.js';
import { propagationText } from '../../show.js';
import type { Terminal } from '../../terminal.js';

export interface WhereChange {
  readonly verb: string;
  readonly call: Call;
  readonly description: string;
  readonly example: string;
  readonly done: string;
  /** The keys that the filters admit and that do not count. */
  readonly without: string;
  readonly change: (client: Client, input: never) => Promise<ChangedWhere>;
}

const { revokeWhere, disableWhere, extendWhere } = CONTRACT.keys;

export const REVOKE_WHERE: WhereChange = {
  verb: 'revoke-where',
  call: revokeWhere,
  description: 'revoke all keys that the filters admit permanently',
  example: 'latchkey keys revoke-where --tag old',
  done: 'Revoked',
  without: 'revoked',
  change: async (client, input) => client.keys.revokeWhere(input),
};

export const DISABLE_WHERE: WhereChange = {
  verb: 'disable-where',
  call: disableWhere,
  description: 'stop all keys that the filters admit, until each is enabled',
  example: 'latchkey keys disable-where --owner acme --environment test',
  done: 'Disabled',
  without: 'disabled, expired or revoked',
  change: async (client, input) => client.keys.disableWhere(input),
};

export const EXTEND_WHERE: WhereChange = {
  verb: 'extend-where',
  call: extendWhere,
  description: 'set the expiry of all keys that the filters admit, also of those that expire later now, or never',
  example: 'latchkey keys extend-where --metadata team=payments --expires-in 90d',
  done: 'Set the expiry of',
  without: 'expired or revoked',
  change: async (client, input) => client.keys.extendWhere(input),
};

/** `latchkey keys revoke-where`, `disable-where` and `extend-where` */
export function addWhereChange(
  keys: Command,
  terminal: Terminal,
  { verb, call, description, example, done, without, change }: WhereChange,
): void {
  withInput(adminCommand(keys, verb, description), call)
    .addHelpText(
      'after',
      `\nFirst count the keys, then confirm the number:\n  ${example} --dry-run\n  ${example} --expect 42\n\nKeys that are ${without} already do not count.`,
    )
    .action(async (options: AdminOptions) =>
      attempt(terminal, { ...options, call }, async () => {
        const input = inputOf(options, call);
        const result = await change(connect(terminal, options), input as never);
        if (options.json === true) {
          terminal.printJson(result);
          return;
        }
        const isCount = input['dryRun'] === true;
        const matched = countOf(result.matched, 'key matches', 'keys match');
        const next = result.matched === 0 ? '' : ` To go on, replace --dry-run by --expect ${result.matched}.`;
        const pending = propagationText(result.propagation);
        if (isCount) terminal.print(`${matched}.${next}\n`);
        else
          terminal.print(`${[`${done} ${countOf(result.changed, 'key', 'keys')}.`, ...(pending === null ? [] : [pending])].join(' ')}\n`);
      }),
    );
}
