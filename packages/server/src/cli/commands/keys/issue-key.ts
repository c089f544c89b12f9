import type { Command } from 'commander';
import type { CreatedKey, CreateKeyInput } from 'latchkey';
import type { Repeatable } from 'latchkey/client';
import { CONTRACT } from 'latchkey/internal';
import { adminCommand, attempt, conditionalCommand, connect, type AdminOptions, type ConditionalOptions } from '../../admin-command.js';
import { inputOf, withInput } from '../../input-options.js';
import { plainText } from '../../plain-text.js';
import { showKey } from '../../show.js';
import type { Terminal } from '../../terminal.js';

interface IssueCommandOptions extends ConditionalOptions {
  readonly idempotencyKey?: string;
}

const { create, rotate } = CONTRACT.keys;

/** `latchkey keys create` */
export function addCreate(keys: Command, terminal: Terminal): void {
  withInput(adminCommand(keys, 'create', 'create a key; the token that is made is printed on stdout, this once'), create)
    .option('--idempotency-key <text>', 'makes the command safe to repeat')
    .addHelpText(
      'after',
      `
Examples:
  TOKEN=$(latchkey keys create --name CI --owner team-7 --scope articles:read --expires-in 90d)
  latchkey keys create --name "Mobile app" --owner acme --tier free --limit burst=10/1s --json`,
    )
    .action(async (options: IssueCommandOptions) =>
      attempt(terminal, { ...options, call: create }, async () => {
        const { idempotencyKey } = options;
        const input = inputOf(options, create) as unknown as CreateKeyInput;
        const issued = await connect(terminal, options).keys.create(input, { idempotencyKey });
        if (input.token === undefined) printIssued(issued, options, terminal);
        else printKnown(issued, options, terminal);
      }),
    );
}

/** `latchkey keys rotate` */
export function addRotate(keys: Command, terminal: Terminal): void {
  withInput(conditionalCommand(keys, 'rotate <id>', 'give a key a new token, printed on stdout, this once'), rotate)
    .option('--idempotency-key <text>', 'makes the command safe to repeat')
    .addHelpText('after', '\nExample:\n  TOKEN=$(latchkey keys rotate key_… --grace 24h)')
    .action(async (id: string, options: IssueCommandOptions) =>
      attempt(terminal, { ...options, call: rotate }, async () => {
        const { idempotencyKey, ifVersion: ifMatch } = options;
        const client = connect(terminal, options);
        printIssued(await client.keys.rotate(id, inputOf(options, rotate), { idempotencyKey, ifMatch }), options, terminal);
      }),
    );
}

/** The caller has the token in a file: nothing prints it once more. */
function printKnown(issued: Repeatable<CreatedKey>, options: AdminOptions, terminal: Terminal): void {
  if (options.json === true) {
    terminal.printJson({ ...issued, token: null });
    return;
  }
  terminal.note(showKey(issued.key).trimEnd());
  terminal.note('Its token is the one in the file.');
}

/** The token alone goes to stdout, so that it can be captured; all else is said beside it. */
function printIssued(issued: Repeatable<CreatedKey>, options: AdminOptions, terminal: Terminal): void {
  if (options.json === true) {
    terminal.printJson({ ...issued, token: issued.token?.reveal() ?? null });
    return;
  }
  terminal.note(showKey(issued.key).trimEnd());
  if (issued.token === null) {
    terminal.note('This was asked before; the token was shown then and cannot be shown again. Rotate the key to get another.');
    return;
  }
  terminal.note('The token, shown this once:');
  terminal.print(`${plainText(issued.token.reveal())}\n`);
}
