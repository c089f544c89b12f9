import type { Command } from 'commander';
import type { CreateKeyInput } from 'latchkey';
import type { IssuedKey } from 'latchkey/client';
import { adminCommand, attempt, connect, type AdminOptions } from '../../admin-command.js';
import { UsageError } from '../../failures.js';
import { plainText } from '../../plain-text.js';
import { showKey } from '../../show.js';
import type { Terminal } from '../../terminal.js';
import { fieldsOf, withFields, type FieldOptions } from './key-fields.js';

interface CreateOptions extends FieldOptions {
  readonly name: string;
  readonly owner: string;
  readonly environment?: string;
  readonly idempotencyKey?: string;
}

/** `latchkey keys create` */
export function addCreate(keys: Command, terminal: Terminal): void {
  withFields(
    adminCommand(keys, 'create', 'make a key; its token is printed on stdout, this once')
      .requiredOption('--name <name>', 'what the key is for')
      .requiredOption('--owner <id>', 'whom it belongs to')
      .option('--environment <name>', 'the environment it is of, such as live or test'),
  )
    .option('--idempotency-key <text>', 'makes the command safe to repeat')
    .addHelpText(
      'after',
      `
Examples:
  TOKEN=$(latchkey keys create --name CI --owner team-7 --scope articles:read --expires-in 90d)
  latchkey keys create --name "Mobile app" --owner acme --tier free --limit burst=10/1s --json`,
    )
    .action(async (options: CreateOptions) =>
      attempt(terminal, options, async () => {
        const { name, owner, environment, idempotencyKey } = options;
        const input: CreateKeyInput = { name, owner, environment, ...fieldsOf(options), credits: createdCredits(options) };
        printIssued(await connect(terminal, options).keys.create(input, { idempotencyKey }), options, terminal);
      }),
    );
}

interface RotateOptions extends AdminOptions {
  readonly grace?: string;
  readonly currentSecret?: string;
  readonly idempotencyKey?: string;
}

/** `latchkey keys rotate` */
export function addRotate(keys: Command, terminal: Terminal): void {
  adminCommand(keys, 'rotate <id>', 'give a key a new token, printed on stdout, this once')
    .option('--grace <duration>', 'how long the old token stays valid, such as 24h; by default it ends at once')
    .option('--current-secret <id>', 'only if this is still the current secret')
    .option('--idempotency-key <text>', 'makes the command safe to repeat')
    .addHelpText('after', '\nExample:\n  TOKEN=$(latchkey keys rotate key_… --grace 24h)')
    .action(async (id: string, options: RotateOptions) =>
      attempt(terminal, options, async () => {
        const { grace, currentSecret, idempotencyKey } = options;
        const client = connect(terminal, options);
        printIssued(await client.keys.rotate(id, { grace, currentSecretId: currentSecret }, { idempotencyKey }), options, terminal);
      }),
    );
}

function createdCredits({ credits, refill: plan }: FieldOptions): CreateKeyInput['credits'] {
  if (credits === undefined && plan !== undefined) throw new UsageError('--refill needs --credits: how many there are to begin with.');
  return credits === undefined ? undefined : { remaining: credits, refill: plan };
}

/** The token alone goes to stdout, so that it can be captured; all else is said beside it. */
function printIssued(issued: IssuedKey, options: AdminOptions, terminal: Terminal): void {
  if (options.json === true) {
    terminal.printJson(issued);
    return;
  }
  terminal.note(showKey(issued.key).trimEnd());
  if (issued.token === null) {
    terminal.note('This was asked before; the token was shown then and cannot be shown again. Rotate the key to get another.');
    return;
  }
  terminal.note('The token, shown this once:');
  terminal.print(`${plainText(issued.token)}\n`);
}
