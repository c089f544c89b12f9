import type { InputIssue, LatchkeyError } from '../../domain/errors.js';

/** What an error carries into its problem document (RFC 9457) beside code, status, title and detail. */
export interface ProblemFields {
  /** `Retry-After`: whole seconds, at least one. A header, not a member of the document. */
  readonly retryAfter?: string;
  readonly errors?: readonly InputIssue[];
  readonly missingScopes?: readonly string[];
  readonly dependency?: string;
}

/** Returns the fields of an error's class, whatever the class: a class that gains a field of these names is answered with it. */
export function problemFields(error: LatchkeyError): ProblemFields {
  return {
    ...('retryAfterMs' in error && { retryAfter: String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000))) }),
    ...('issues' in error && { errors: error.issues }),
    ...('missingScopes' in error && error.missingScopes.length > 0 && { missingScopes: error.missingScopes }),
    ...('dependency' in error && { dependency: error.dependency }),
  };
}
