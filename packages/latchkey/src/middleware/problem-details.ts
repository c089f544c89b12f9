import type { PublicRefusal, PublicRefusalCode } from '../edge/index.js';

/** What a refusal is answered with. */
export interface ProblemBody {
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
  /** By default `text/plain; charset=utf-8` for text, and `application/json` for anything else. */
  readonly contentType?: string | undefined;
}

/** The titles that the service gives the same problems. */
const TITLES: Readonly<Record<PublicRefusalCode, string>> = {
  missing: 'No credential was presented',
  malformed: 'The credential cannot be read',
  invalid: 'The API key is not accepted',
  expired: 'The API key has expired',
  wrong_environment: 'The API key is for another environment',
  ip_denied: 'The API key may not be used from this address',
  insufficient_scope: 'The API key lacks a scope',
  rate_limited: 'Too many requests',
  credits_exhausted: 'No credits are left',
  unavailable: 'Not available at the moment',
};

/** A refusal as problem details (RFC 9457). */
export function problemDetails({ code, status, message }: PublicRefusal): ProblemBody {
  return {
    body: { type: `urn:latchkey:problem:${code}`, title: TITLES[code], status, code, detail: message },
    contentType: 'application/problem+json',
  };
}
