import type { Command } from 'commander';
import type { LimitInput } from 'latchkey';
import type { VerifyRequest } from 'latchkey/client';
import { wireVerdict } from 'latchkey/edge';
import { adminCommand, attempt, connect, type AdminOptions } from '../../admin-command.js';
import { EXIT } from '../../exit-codes.js';
import { UsageError } from '../../failures.js';
import { LIMIT_FORM, collect, limits, tokenFile, wholeNumber } from '../../inputs.js';
import { showVerdict } from '../../show.js';
import type { Terminal } from '../../terminal.js';

interface VerifyOptions extends AdminOptions {
  readonly tokenFile?: string;
  readonly environment?: string;
  readonly scope?: readonly string[];
  readonly anyScope?: readonly string[];
  readonly ip?: string;
  readonly cost?: number;
  readonly limit?: readonly LimitInput[];
  readonly resource?: string;
  readonly dryRun?: boolean;
}

/** `latchkey keys verify` */
export function addVerify(keys: Command, terminal: Terminal): void {
  adminCommand(keys, 'verify [token]', 'ask whether a token is good; exit code 0 if it is, 1 if it is refused')
    .option('--token-file <path>', 'read the token from a file', tokenFile)
    .option('--environment <name>', 'the environment that it must be of')
    .option('--scope <scopes>', 'a scope that it must hold; may be repeated', collect)
    .option('--any-scope <scopes>', 'scopes of which it must hold one; may be repeated', collect)
    .option('--ip <address>', 'the address that it is used from')
    .option('--cost <number>', 'what the call costs, in units and credits', wholeNumber)
    .option('--limit <limit>', `a limit for this call, as ${LIMIT_FORM}; may be repeated`, limits)
    .option('--resource <name>', 'what is asked for: limits of this call count apart for each')
    .option('--dry-run', 'explain step by step, and charge nothing')
    .addHelpText(
      'after',
      `
The token is best piped in, or read with --token-file: other users of this machine can see arguments.

Examples:
  printf %s "$TOKEN" | latchkey keys verify --scope articles:read
  latchkey keys verify --token-file ./token --dry-run`,
    )
    .action(async (token: string | undefined, options: VerifyOptions) =>
      attempt(terminal, options, async () => {
        const { environment, scope, anyScope, ip, cost, limit, resource, dryRun } = options;
        const presented = await presentedToken(token, options, terminal);
        const request: VerifyRequest = { environment, scopes: scope, anyScope, ip, cost, limits: limit, resource, dryRun };
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
