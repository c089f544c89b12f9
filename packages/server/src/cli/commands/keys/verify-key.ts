import type { Command } from 'commander';
import type { VerifyRequest } from 'latchkey/client';
import { wireVerdict } from 'latchkey/edge';
import { VERIFY_PRESENTED } from 'latchkey/internal';
import { adminCommand, attempt, connect, type AdminOptions } from '../../admin-command.js';
import { EXIT } from '../../exit-codes.js';
import { UsageError } from '../../failures.js';
import { inputOf, withInput } from '../../input-options.js';
import { tokenFile } from '../../inputs.js';
import { showVerdict } from '../../show.js';
import type { Terminal } from '../../terminal.js';

interface VerifyOptions extends AdminOptions {
  readonly tokenFile?: string;
}

/** `latchkey keys verify` */
export function addVerify(keys: Command, terminal: Terminal): void {
  const command = adminCommand(keys, 'verify [token]', 'ask whether a token is good; exit code 0 if it is, 1 if it is refused');
  withInput(command.option('--token-file <path>', 'read the token from a file', tokenFile), VERIFY_PRESENTED)
    .addHelpText(
      'after',
      `
The token is best piped in, or read with --token-file: other users of this machine can see arguments.

Examples:
  printf %s "$TOKEN" | latchkey keys verify --scope articles:read
  latchkey keys verify --token-file ./token --dry-run`,
    )
    .action(async (token: string | undefined, options: VerifyOptions) =>
      attempt(terminal, { ...options, call: VERIFY_PRESENTED }, async () => {
        const request = inputOf(options, VERIFY_PRESENTED) as VerifyRequest;
        const presented = await presentedToken(token, options, terminal);
        const verdict = await connect(terminal, options).verify(presented, request);
        if (options.json === true) terminal.printJson(wireVerdict(verdict));
        else terminal.print(showVerdict(verdict));
        if (!verdict.valid) terminal.finish(verdict.code === 'unavailable' ? EXIT.unreachable : EXIT.refused);
      }),
    );
}

async function presentedToken(argument: string | undefined, options: VerifyOptions, terminal: Terminal): Promise<string> {
  if (options.tokenFile !== undefined) {
    if (argument !== undefined) throw new UsageError('Give the token or --token-file, not both.');
    return options.tokenFile;
  }
  if (argument !== undefined && argument !== '-') return argument;
  if (argument === undefined && terminal.inputIsTerminal) {
    throw new UsageError('Pipe the token in, or use --token-file, as in: printf %s "$TOKEN" | latchkey keys verify');
  }
  return (await terminal.readInput()).trim();
}
