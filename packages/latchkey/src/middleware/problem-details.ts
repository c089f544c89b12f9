import { ERRORS } from '../contract/errors/errors.js';
import type { PublicRefusal } from '../edge/index.js';

/** What a refusal is answered with. */
export interface ProblemBody {
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
  /** By default `text/plain; charset=utf-8` for text, and `application/json` for anything else. */
  readonly contentType?: string | undefined;
}

/** A refusal as problem details (RFC 9457). */
export function problemDetails({ code, status, message }: PublicRefusal): ProblemBody {
  return {
    body: { type: `urn:latchkey:problem:${code}`, title: ERRORS[code].title, status, code, detail: message },
    contentType: 'application/problem+json',
  };
}
