import { describeError, fieldErrors } from './describe-error.js';

interface FailureBelow {
  readonly title: string;
  /** What is said beside a field is not said again, and nothing is called by its pointer. */
  readonly detail: string;
}

interface FormFailure extends FailureBelow {
  /** By field: what is wrong there, or in one of its entries. */
  readonly errors: Readonly<Record<string, string>>;
}

/** Of a form with these fields, what to say beside each, and what below them. */
export function formFailure(error: unknown, fields: readonly string[]): FormFailure {
  const errors = Object.entries(fieldErrors(error)).map(([path, message]) => [fieldOf(path, fields) ?? '', message]);
  return { errors: Object.fromEntries(errors) as Readonly<Record<string, string>>, ...failureBelow(error, fields) };
}

/** What to say below the fields. `nameOf`: what the form calls what the service calls so. */
export function failureBelow(error: unknown, fields: readonly string[], nameOf = (path: string): string => path): FailureBelow {
  const { title, detail } = describeError(error);
  const issues = Object.entries(fieldErrors(error));
  if (issues.length === 0) return { title, detail };
  const elsewhere = issues.filter(([path]) => fieldOf(nameOf(path), fields) === undefined).map(([, message]) => message);
  return { title, detail: elsewhere.length === 0 ? 'See the fields that are marked above.' : elsewhere.join(' ') };
}

function fieldOf(path: string, fields: readonly string[]): string | undefined {
  return fields.find((field) => path === field || path.startsWith(`${field}.`));
}
