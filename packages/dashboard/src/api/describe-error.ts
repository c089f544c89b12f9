/** What to say of a failure, and what to do about it. */
import { isLatchkeyError, problemOf, type InputIssue } from 'latchkey/client';
import { NotLoadedError } from './late.js';

export interface Described {
  readonly title: string;
  readonly detail: string;
  /** Whether the same call can succeed later as it is. */
  readonly retryable: boolean;
}

export function describeError(error: unknown): Described {
  if (error instanceof NotLoadedError) return NOT_LOADED;
  if (!isLatchkeyError(error)) return { title: 'This page failed', detail: `${messageOf(error)} Reload the page.`, retryable: false };
  const { title, retryable } = TITLES[error.code] ?? { title: 'The change does not fit the state of things', retryable: false };
  const problem = problemOf(error);
  const lacking = error.code === 'forbidden' && error.missingScopes.length > 0 ? ` Missing: ${error.missingScopes.join(', ')}.` : '';
  const unreachable = error.code === 'unavailable' && problem === null;
  const detail = unreachable ? 'Check the connection; nothing that you typed is lost.' : error.message + lacking;
  const reference = problem?.requestId && problem.status >= 500 ? ` (request ${problem.requestId})` : '';
  return { title, detail: detail + reference, retryable };
}

const NOT_LOADED: Described = {
  title: 'The service cannot be reached',
  detail: 'A part of this page did not load. Check the connection and try again, or reload the page.',
  retryable: true,
};

const TITLES: Readonly<Partial<Record<string, { title: string; retryable: boolean }>>> = {
  unavailable: { title: 'The service does not answer', retryable: true },
  rate_limited: { title: 'Too many changes', retryable: true },
  timed_out: { title: 'This took too long', retryable: false },
  forbidden: { title: 'You may not do this', retryable: false },
  not_found: { title: 'It is not there', retryable: false },
  invalid_input: { title: 'Something has to be put right', retryable: false },
};

/** By field, in the notation of forms: the pointer `/limits/0/name` becomes `limits.0.name`. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  const issues = isLatchkeyError(error) && error.code === 'invalid_input' ? error.issues : [];
  return Object.fromEntries(issues.map((issue) => [pathOf(issue), issue.message]));
}

function pathOf({ pointer }: InputIssue): string {
  return pointer.split('/').filter(Boolean).join('.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.message}.` : 'An unknown error.';
}
