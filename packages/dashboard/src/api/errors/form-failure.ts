import { isLatchkeyError, type InputIssue } from 'latchkey/client';
import { placeOf, type Fields, type Places } from '../../contract/field.js';
import { describeError } from './describe-error.js';

interface FormFailure {
  /** The message for each field of the form, by the name that the form gives it. */
  readonly errors: Readonly<Record<string, string>>;
  /** The text below the fields. */
  readonly title: string;
  /** Repeats no message that is beside a field. */
  readonly detail: string;
}

/**
 * Returns what a form says about a failure of its call: each problem beside the field that it is about, and all others below.
 *
 * `places` names the fields that the form calls otherwise than the contract.
 */
export function formFailure<Call extends Fields>(error: unknown, fields: Call, places?: Places<Call>): FormFailure {
  const { title, detail } = describeError(error);
  const errors: Record<string, string> = {};
  const elsewhere: string[] = [];
  const problems = problemsOf(error);
  for (const [path, message] of problems) {
    const place = placeOf(path, fields, places);
    if (place === null) elsewhere.push(message);
    else errors[place] ??= message;
  }
  if (problems.length === 0) return { errors, title, detail };
  return { errors, title, detail: elsewhere.length === 0 ? 'See the fields that are marked above.' : elsewhere.join(' ') };
}

/** Returns true if a field of the request is wrong. */
export function isProblemOf(error: unknown, field: string): boolean {
  return problemsOf(error).some(([path]) => path === field);
}

/** The pointer `/limits/0/name` becomes `limits.0.name`. */
function problemsOf(error: unknown): readonly (readonly [path: string, message: string])[] {
  const issues = isLatchkeyError(error) && error.code === 'invalid_input' ? error.issues : [];
  return issues.map((issue: InputIssue) => [issue.pointer.split('/').filter(Boolean).join('.'), issue.message]);
}
