/**
 * The words for a failure: its title of the table of errors, what happened and what to do.
 *
 * api/errors/ owns failures as the pages show them: as text, beside the fields of a form, and as a lost connection.
 */
import { ERRORS, isErrorCode, isLatchkeyError, problemOf, type ErrorCode, type LatchkeyError } from 'latchkey/client';
import { NotLoadedError } from './not-loaded-error.js';

export interface Described {
  readonly title: string;
  readonly detail: string;
}

export function describeError(error: unknown): Described {
  if (error instanceof NotLoadedError) return NOT_LOADED;
  if (!isLatchkeyError(error)) return { title: 'This page failed', detail: `${messageOf(error)} Reload the page.` };
  if (error.code === 'precondition_failed') return CHANGED;
  const problem = problemOf(error);
  const lacking = error.code === 'forbidden' && error.missingScopes.length > 0 ? ` Missing: ${error.missingScopes.join(', ')}.` : '';
  const unreachable = error.code === 'unavailable' && problem === null;
  const detail = unreachable ? 'Check the connection; nothing that you typed is lost.' : error.message + lacking;
  const reference = problem?.requestId && problem.status >= 500 ? ` (request ${problem.requestId})` : '';
  return { title: rowOf(error).title, detail: detail + reference };
}

const CHANGED: Described = {
  title: 'Somebody else changed this meanwhile',
  detail: 'Nothing is saved, and what you typed is kept. Try again to see the change.',
};

const NOT_LOADED: Described = {
  title: 'The service cannot be reached',
  detail: 'A part of this page did not load. Check the connection and try again, or reload the page.',
};

/** Returns the row of the service's own code where it answered with one, which says more than the code of the error's class. */
export function rowOf(error: LatchkeyError): (typeof ERRORS)[ErrorCode] {
  const code = problemOf(error)?.code;
  return ERRORS[isErrorCode(code) ? code : error.code];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.message}.` : 'An unknown error.';
}
