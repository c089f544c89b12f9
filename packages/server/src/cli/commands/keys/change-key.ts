import type { Command } from 'commander';
import type { UpdateKeyInput } from 'latchkey';
import type { ChangedKey, Client, OperatorBounds, RevokeKeyInput } from 'latchkey/client';
import { CONTRACT } from 'latchkey/internal';
import { attempt, conditionalCommand, connect, type AdminOptions, type ConditionalOptions } from '../../admin-command.js';
import { cleared, clearWords, type Clearing } from '../../clearing.js';
import { UsageError } from '../../failures.js';
import { inputOf, withInput } from '../../input-options.js';
import { collect } from '../../inputs.js';
import { propagationText, showKey } from '../../show.js';
import type { Terminal } from '../../terminal.js';

const { update, revoke } = CONTRACT.keys;

interface UpdateOptions extends ConditionalOptions {
  readonly clear?: readonly string[];
}

const CLEARING: Clearing<Omit<UpdateKeyInput, 'name' | 'expiresIn'>> = {
  description: ['description', null],
  tier: ['tier', null],
  scopes: ['scopes', []],
  tags: ['tags', []],
  expiresAt: ['expiry', null],
  notBefore: ['not-before', null],
  ipRules: ['ips', []],
  limits: ['limits', []],
  credits: ['credits', null],
  metadata: ['metadata', {}],
  bounds: ['bounds', null],
};

/** `latchkey keys update` */
export function addUpdate(keys: Command, terminal: Terminal): void {
  withInput(conditionalCommand(keys, 'update <id>', 'change a key; what is not named stays'), update)
    .option('--clear <fields>', `take away: ${clearWords(CLEARING).join(', ')}`, collect)
    .addHelpText(
      'after',
      `
Examples:
  latchkey keys update key_… --tier pro --clear limits
  latchkey keys update key_… --add-credits 500`,
    )
    .action(async (id: string, options: UpdateOptions) =>
      attempt(terminal, { ...options, call: update }, async () => {
        const fields = inputOf(options, update) as UpdateKeyInput;
        const patch = { ...fields, ...cleared(options.clear ?? [], CLEARING, (field) => isGiven(field, fields)) };
        if (Object.keys(patch).length === 0) throw new UsageError('Name at least one change; see --help.');
        const client = connect(terminal, options);
        const bounds = fields.bounds == null ? patch.bounds : await namedBounds(client, id, { ...options, named: fields.bounds });
        printChanged(await client.keys.update(id, { ...patch, bounds }, { ifMatch: options.ifVersion }), 'Changed', { options, terminal });
      }),
    );
}

/** The bounds that are named, with those that are not as they are: an update that names one lifts no other. */
async function namedBounds(
  client: Client,
  id: string,
  { named, clear = [] }: { readonly named: OperatorBounds; readonly clear?: readonly string[] },
): Promise<OperatorBounds> {
  return clear.includes('bounds') ? named : { ...(await client.keys.get(id)).bounds, ...named };
}

/** Bounds are the exception: `--clear bounds` replaces them by those that are named. */
function isGiven(field: string, given: UpdateKeyInput): boolean {
  if (field === 'bounds') return false;
  return field in given || (field === 'expiresAt' && 'expiresIn' in given);
}

export interface KeyChange {
  /** The name of the call, too. */
  readonly verb: 'revoke' | 'disable' | 'enable';
  readonly description: string;
  readonly done: string;
}

export const REVOKE: KeyChange = {
  verb: 'revoke',
  description: 'revoke a key permanently',
  done: 'Revoked',
};

export const DISABLE: KeyChange = {
  verb: 'disable',
  description: 'stop a key, until it is enabled',
  done: 'Disabled',
};

export const ENABLE: KeyChange = {
  verb: 'enable',
  description: 'let a disabled key work again',
  done: 'Enabled',
};

/** `latchkey keys revoke`, `disable` and `enable` */
export function addChange(keys: Command, terminal: Terminal, { verb, description, done }: KeyChange): void {
  withInput(conditionalCommand(keys, `${verb} <id>`, description), revoke).action(async (id: string, options: ConditionalOptions) =>
    attempt(terminal, { ...options, call: revoke }, async () => {
      const input = inputOf(options, revoke) as RevokeKeyInput;
      const changed = await connect(terminal, options).keys[verb](id, input, { ifMatch: options.ifVersion });
      printChanged(changed, done, { options, terminal });
    }),
  );
}

function printChanged(changed: ChangedKey, done: string, { options, terminal }: { options: AdminOptions; terminal: Terminal }): void {
  if (options.json === true) {
    terminal.printJson(changed);
    return;
  }
  terminal.print(showKey(changed.key));
  const pending = propagationText(changed.propagation);
  terminal.note(pending === null ? `${done}.` : `${done}. ${pending}`);
}
