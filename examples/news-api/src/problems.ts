import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { InvalidInputError, NotFoundError, UnavailableError } from 'latchkey';

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
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, message: detail, errors } = problemOf(error);
  // The path alone: a query is where people put what should not be in a log.
  if (status >= 500) console.error(`${request.method} ${request.baseUrl}${request.path}`, error);
  response.status(status).setHeader('Content-Type', 'application/problem+json');
  response.end(JSON.stringify({ title: STATUS_CODES[status], status, detail, errors }));
};

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotFoundError) return new Problem(404, 'API key not found');
  if (error instanceof UnavailableError) return new Problem(503, 'Not available at the moment. Try again shortly');
  if (error instanceof InvalidInputError) {
    return invalid(error.issues.map(({ pointer, message }) => ({ name: pointer.slice(1), message })));
  }
  const status = statusOf(error);
  return new Problem(status, status < 500 ? 'The request cannot be read' : 'Something went wrong');
}

/** 422, with every field or parameter that is wrong. */
export function invalid(errors: readonly FieldError[]): Problem {
  return new Problem(422, errors.map(({ name, message }) => (name === '' ? message : `${name}: ${message}`)).join(' '), errors);
}

/** Express and its body parser say in the error what their refusal is answered with. Their messages quote what was sent. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
