import { STATUS_CODES } from 'node:http';
import { HTTPException } from 'hono/http-exception';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnavailableError } from 'latchkey';

export interface FieldError {
  readonly name: string;
  readonly message: string;
}

/** What a caller is told, with its status. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly errors?: readonly FieldError[],
  ) {
    super(detail);
  }
}

/** Every error becomes problem details (RFC 9457), which is also what Latchkey's middleware answers. */
export function answerError(error: Error): Response {
  const { status, message: detail, errors } = problemOf(error);
  if (status >= 500) console.error(error);
  // Of Hono's own refusals, the headers that go with them: how to sign in.
  const headers = new Headers(error instanceof HTTPException ? error.res?.headers : undefined);
  headers.set('Content-Type', 'application/problem+json');
  return new Response(JSON.stringify({ title: STATUS_CODES[status], status, detail, errors }), { status, headers });
}

/** 422, with every field or parameter that is wrong. */
export function invalid(errors: readonly FieldError[]): Problem {
  return new Problem(422, errors.map(({ name, message }) => (name === '' ? message : `${name}: ${message}`)).join(' '), errors);
}

function problemOf(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotFoundError) return new Problem(404, 'API key not found');
  if (error instanceof ForbiddenError) return new Problem(403, error.message);
  if (error instanceof ConflictError) return new Problem(409, error.message);
  if (error instanceof UnavailableError) return new Problem(503, 'Not available at the moment. Try again shortly');
  if (error instanceof InvalidInputError) {
    return invalid(error.issues.map(({ pointer, message }) => ({ name: pointer.slice(1), message })));
  }
  if (error instanceof HTTPException && error.status === 401) return new Problem(401, 'Sign in with the name and password of your account');
  if (error instanceof HTTPException && error.status < 500) return new Problem(error.status, 'The request cannot be read');
  return new Problem(500, 'Something went wrong');
}
