/** From an error to what the person is told and how the command ends. Never a stack trace, never a secret. */
import { ERRORS, EXITS, isLatchkeyError, type LatchkeyError } from 'latchkey/client';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** The command line or its input cannot be used; the message says what would be right. */
export class UsageError extends Error {}

/** Names the option that a pointer leads to; null where none does. */
type OptionAt = (pointer: string) => string | null;

interface ReportOptions {
  readonly json?: boolean | undefined;
  readonly optionAt?: OptionAt;
}

export function reportFailure(error: unknown, terminal: Terminal, { json = false, optionAt = () => null }: ReportOptions = {}): void {
  const { code, exit, message } = describeFailure(error, optionAt);
  terminal.note(json ? JSON.stringify({ code, message }) : `latchkey: ${message}`);
  terminal.finish(exit);
}

interface Failure {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
}

function describeFailure(error: unknown, optionAt: OptionAt): Failure {
  if (error instanceof UsageError) return { code: 'usage', exit: EXIT.usage, message: error.message };
  if (isLatchkeyError(error)) {
    return { code: error.code, exit: EXIT[EXITS[ERRORS[error.code].class]], message: messageOf(error, optionAt) };
  }
  // Only the name: the message of an unknown error may repeat what was being handled.
  const name = error instanceof Error ? error.name : typeof error;
  return { code: 'unexpected', exit: EXIT.unexpected, message: `An error that should not happen (${name}). Please report what you did.` };
}

/** Names options where a message names fields: those with a capital letter within, which are no ordinary words. */
function withOptions(message: string, optionAt: OptionAt): string {
  return message.replaceAll(/\b([a-z]+[A-Z][A-Za-z]*)(?:: true)?\b/g, (words, field: string) => optionAt(`/${field}`) ?? words);
}

function messageOf(error: LatchkeyError, optionAt: OptionAt): string {
  if (error.code === 'invalid_input') {
    return error.issues
      .map(({ pointer, message }) => (pointer === '' ? message : `${optionAt(pointer) ?? pointer}: ${withOptions(message, optionAt)}`))
      .join('\n  ');
  }
  if (error.code === 'configuration') return ['The configuration cannot be used:', ...error.problems].join('\n  ');
  if (error.code !== 'forbidden') return error.message;
  return `${error.message} (Set LATCHKEY_ADMIN_KEY to the service’s admin key, or LATCHKEY_TOKEN to an operator token.)`;
}
