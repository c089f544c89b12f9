import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
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
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message: detail, errors } = problemOf(error);
  if (status >= 500) request.log.error(error);
  const body = JSON.stringify({ title: STATUS_CODES[status], status, detail, errors });
  // As bytes: to the type of a text Fastify would add a charset, which problem details do not have.
  return reply.code(status).type('application/problem+json').send(Buffer.from(body));
}

export function noSuchRoute(): never {
  throw new Problem(404, 'There is no such route');
}

function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotFoundError) return new Problem(404, 'API key not found');
  if (error instanceof ForbiddenError) return new Problem(403, error.message);
  if (error instanceof ConflictError) return new Problem(409, error.message);
  if (error instanceof UnavailableError) return new Problem(503, 'Not available at the moment. Try again shortly');
  if (error instanceof InvalidInputError) {
    return invalid(error.issues.map(({ pointer, message }) => ({ name: pointer.slice(1), message })));
  }
  if ('validation' in error && error.validation) return invalid(error.validation.map(fieldErrorOf));
  // Of other refusals of Fastify's the message may quote what was sent.
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  return status < 500 ? new Problem(status, 'The request cannot be read') : new Problem(500, 'Something went wrong');
}

/** 422, with every field or parameter that is wrong. */
function invalid(errors: readonly FieldError[]): Problem {
  return new Problem(422, errors.map(({ name, message }) => (name === '' ? message : `${name}: ${message}`)).join(' '), errors);
}

type SchemaError = NonNullable<FastifyError['validation']>[number];

function fieldErrorOf({ keyword, instancePath, params, message = 'is wrong' }: SchemaError): FieldError {
  if (keyword === 'additionalProperties') return { name: String(params['additionalProperty']), message: 'There is no such name here.' };
  if (keyword === 'required') return { name: String(params['missingProperty']), message: 'It is missing.' };
  return { name: instancePath.slice(1), message: `It ${message}.` };
}
