/** What went wrong on a connection, in the few kinds that decide what to do about it. */

/**
 * `again`: the database chose this transaction to give way; the same once more may pass. `lost`: the connection is of no
 * use any more, or its server is none to write to. `late`: an answer or a turn did not come in time. `refused`: all else.
 */
export type FailureKind = 'again' | 'lost' | 'late' | 'refused';

/**
 * Stands for the driver's own error, of which it keeps what names no value: digests and text from outside may be in
 * the rest (`detail`, `where`, and the message of what could not be read).
 */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure';

  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Five characters, as PostgreSQL's documentation lists them; or what the operating system says; null without either. */
    readonly code: string | null = null,
  ) {
    super(message);
  }

  /** Whether the connection is of no use any more: it is gone, or an answer may still come that nobody waits for. */
  get endsConnection(): boolean {
    return this.kind === 'lost' || (this.kind === 'late' && this.code === null);
  }
}

/** As PostgreSQL calls it when a server that cannot be written is told to. */
export const READ_ONLY = '25006';

export function failureOf(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  const { message, code } = readError(error);
  if (code !== null && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')) {
    return new DatabaseFailure(kindOfState(code), messageOfState(code, message), code);
  }
  return new DatabaseFailure(/time(?:d )?out|timeout/i.test(message) ? 'late' : 'lost', message, code);
}

function readError(error: unknown): { readonly message: string; readonly code: string | null } {
  if (!(error instanceof Error)) return { message: 'The connection failed.', code: null };
  // What was tried for each of several addresses comes as one error without a message.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const told = first instanceof Error ? first : error;
  return { message: told.message, code: 'code' in told && typeof told.code === 'string' ? told.code : null };
}

const AGAIN = ['40001', '40P01'];
/** Read-only; ended for its idleness or length; shut down, crashed, not up yet; no place left. */
const LOST = [READ_ONLY, '25P03', '25P04', '57P01', '57P02', '57P03', '53300'];
const LATE = ['57014', '55P03'];
const NAMED_STATEMENTS = ['26000', '42P05'];

function kindOfState(code: string): FailureKind {
  if (AGAIN.includes(code)) return 'again';
  if (LATE.includes(code)) return 'late';
  return LOST.includes(code) || code.startsWith('08') ? 'lost' : 'refused';
}

function messageOfState(code: string, message: string): string {
  if (code.startsWith('22')) return `The database refused a value (${code}).`;
  if (NAMED_STATEMENTS.includes(code)) return `${message} (a pooler stands in between that hides itself: add pgbouncer=true to the URL)`;
  return message;
}
