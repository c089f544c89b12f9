/** What the commands that administer a service have in common: where it is, credentials, and the form of the answer. */
import type { Command } from 'commander';
import { createClient, ForbiddenError, type Client } from 'latchkey/client';
import type { Call } from 'latchkey/internal';
import { judgeAdminVariables } from '../config/variables.js';
import { UsageError, reportFailure } from './failures.js';
import { optionAt } from './input-options.js';
import { wholeNumber } from './inputs.js';
import type { Terminal } from './terminal.js';

const DEFAULT_URL = 'http://127.0.0.1:8787';

export interface AdminOptions {
  readonly url?: string | undefined;
  readonly json?: boolean | undefined;
}

/** A command with the options that all of them take. */
export function adminCommand(parent: Command, signature: string, description: string): Command {
  return jsonCommand(parent, signature, description).option(
    '--url <url>',
    `where the service listens (else LATCHKEY_URL, else ${DEFAULT_URL})`,
  );
}

export interface ConditionalOptions extends AdminOptions {
  readonly ifVersion?: number;
}

/** A command that changes one key or owner, and changes it only while it has the version that is named. */
export function conditionalCommand(parent: Command, signature: string, description: string): Command {
  return adminCommand(parent, signature, description).option(
    '--if-version <number>',
    'only if it still has this version, as "show" prints it',
    wholeNumber,
  );
}

export function jsonCommand(parent: Command, signature: string, description: string): Command {
  return parent.command(signature).description(description).option('--json', 'print JSON, for programs');
}

/** A group of commands: without one of them it shows its help. */
export function commandGroup(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).helpCommand(false);
}

export function connect(terminal: Terminal, options: AdminOptions): Client {
  const { variables } = terminal;
  const [problem] = judgeAdminVariables(variables);
  if (problem !== undefined) throw new UsageError(problem);
  const token = filled(variables['LATCHKEY_TOKEN']);
  const adminKey = filled(variables['LATCHKEY_ADMIN_KEY']) ?? (token === undefined ? filled(variables['ADMIN_API_KEY']) : undefined);
  if (token !== undefined && adminKey !== undefined) throw new UsageError('Set LATCHKEY_ADMIN_KEY or LATCHKEY_TOKEN, not both.');
  if (token === undefined && adminKey === undefined) throw new ForbiddenError('No credentials are set.');
  return createClient({ url: options.url ?? filled(variables['LATCHKEY_URL']) ?? DEFAULT_URL, adminKey, token });
}

/** Runs a command's work, and reports whatever goes wrong. Problems with the input of `call` are told by the command's options. */
export async function attempt(
  terminal: Terminal,
  { json, call }: { readonly json?: boolean | undefined; readonly call?: Call | undefined },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportFailure(error, terminal, { json, optionAt: (pointer) => (call === undefined ? null : optionAt(pointer, call)) });
  }
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
