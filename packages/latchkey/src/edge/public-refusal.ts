import { ERRORS, REFUSALS } from '../contract/errors/errors.js';
import type { Refusal, RefusalCode } from '../domain/verdict.js';
import { DEFAULT_HEADERS, type CredentialReading, type CredentialSources } from './read-credential.js';

/** The codes of refusals as the public sees them. Those that would tell known tokens from unknown ones are one: `invalid`. */
export type PublicRefusalCode = (typeof REFUSALS)[RefusalCode]['publicCode'] | 'malformed' | 'too_many_headers';

/** What a caller learns of a refusal, and no more. */
export interface PublicRefusal {
  readonly status: (typeof ERRORS)[PublicRefusalCode]['status'];
  readonly code: PublicRefusalCode;
  readonly message: string;
  /**
   * The challenge of RFC 6750 section 3: with every 401, and with a 403 for a missing scope; null elsewhere. Its scheme is `ApiKey`
   * where `Authorization` is not looked at.
   */
  readonly wwwAuthenticate: string | null;
}

/**
 * Header fields that a request may have, more than any proxy and browser send together. Node drops those beyond about a thousand
 * without a word, which may be the ones that the proxy added.
 */
export const MAX_HEADER_FIELDS = 200;

/** The answer to a request with more header fields, whatever credential it presents. */
export const TOO_MANY_HEADERS: PublicRefusal = Object.freeze({
  ...answered('too_many_headers'),
  message: `A request may have at most ${MAX_HEADER_FIELDS} header fields`,
  wwwAuthenticate: null,
});

export interface RefusalOptions {
  /** Printable ASCII without quotes; by default `api`. */
  readonly realm?: string | undefined;
  /** The sources of the token, as they were read. */
  readonly credentials?: CredentialSources | undefined;
  /** All scopes that the call asked for; by default those that were lacking. */
  readonly requiredScopes?: readonly string[] | undefined;
}

/** The place of a credential, as callers are told. */
interface Place {
  readonly name: string;
  readonly hint: string;
  /** The scheme of the challenge: `Bearer` would ask for another token in a header that another layer reads. */
  readonly scheme: 'Bearer' | 'ApiKey';
}

const IN_AUTHORIZATION: Place = {
  name: 'Authorization header',
  hint: 'Invalid Authorization format. Use: Bearer YOUR_API_KEY',
  scheme: 'Bearer',
};

function placeOf({ authorization = true, headers = DEFAULT_HEADERS, cookie }: CredentialSources = {}): Place {
  if (authorization) return IN_AUTHORIZATION;
  const [header] = headers;
  const name = header !== undefined ? `${header} header` : cookie !== undefined ? `${cookie} cookie` : 'API key';
  return { name, hint: `Invalid ${name}. Send one API key`, scheme: 'ApiKey' };
}

const NOT_IN_URL = 'An API key in a URL ends up in logs and browser histories, so it is not accepted there.';

/** Why a token in a URL is refused, and what to do instead. */
export const QUERY_KEY_HINT = `${NOT_IN_URL} Send it as: Authorization: Bearer YOUR_API_KEY`;

/** The part of a refusal that the public may learn. */
export type RefusedScopes = Pick<Refusal, 'code' | 'missingScopes' | 'missingAnyScope'>;

/** Returns every scope that a call asks for, each once: all of `scopes`, and those of which one suffices. */
export function requiredScopes(asked: {
  readonly scopes: readonly string[];
  readonly anyScope: readonly string[] | undefined;
}): readonly string[] {
  return asked.anyScope === undefined ? asked.scopes : [...new Set([...asked.scopes, ...asked.anyScope])];
}

/** A verdict's refusal as the public edge answers it: one status, one message, and no word more than these. */
export function publicRefusal(refusal: RefusedScopes, options: RefusalOptions = {}): PublicRefusal {
  const { publicCode, publicMessage } = REFUSALS[refusal.code];
  const base = { ...answered(publicCode), message: publicMessage };
  if (base.status === 401) {
    const error = base.code === 'missing' ? null : { error: 'invalid_token', description: base.message };
    const message = base.code === 'missing' ? `Missing ${placeOf(options.credentials).name}` : base.message;
    return { ...base, message, wwwAuthenticate: challenge(options, error) };
  }
  if (base.code !== 'insufficient_scope') return { ...base, wwwAuthenticate: null };
  const { missingScopes = [], missingAnyScope = [] } = refusal;
  const message = messageOfScopes(missingScopes, missingAnyScope) ?? base.message;
  const scope = (options.requiredScopes ?? [...missingScopes, ...missingAnyScope]).join(' ');
  return { ...base, message, wwwAuthenticate: challenge(options, { error: 'insufficient_scope', scope }) };
}

/** Null where it is not known what is lacking. */
function messageOfScopes(all: readonly string[], any: readonly string[]): string | null {
  const lacks = all.length === 0 ? [] : [`lacks the ${all.length === 1 ? 'scope' : 'scopes'} ${all.join(', ')}`];
  const needs = any.length === 0 ? [] : [any.length === 1 ? `needs the scope ${any[0]}` : `needs one of the scopes ${any.join(', ')}`];
  return lacks.length + needs.length === 0 ? null : `API key ${[...lacks, ...needs].join(' and ')}`;
}

/** What is answered to a JWT or a session that is not accepted, whatever the reason. */
export function tokenRefusal(options: Pick<RefusalOptions, 'realm'> = {}): PublicRefusal {
  const message = 'Invalid or expired token';
  return {
    ...answered('invalid'),
    message,
    wwwAuthenticate: challenge(options, { error: 'invalid_token', description: message }),
  };
}

/** What is answered where no token could be read from the request. */
export function credentialRefusal(
  reading: Exclude<CredentialReading, { kind: 'token' }>,
  options: Pick<RefusalOptions, 'realm' | 'credentials'> = {},
): PublicRefusal {
  const place = placeOf(options.credentials);
  switch (reading.kind) {
    case 'missing':
      return publicRefusal({ code: 'missing' }, options);
    case 'malformed':
      return {
        ...answered('malformed'),
        message: reading.several === true ? 'Two different API keys were sent. Send one' : place.hint,
        wwwAuthenticate: challenge(options, { error: 'invalid_request', description: reading.why }),
      };
    case 'in_query':
      return {
        ...answered('malformed'),
        message: place === IN_AUTHORIZATION ? QUERY_KEY_HINT : `${NOT_IN_URL} Send it in the ${place.name}`,
        wwwAuthenticate: challenge(options, { error: 'invalid_request', description: 'An API key in the query is not accepted.' }),
      };
  }
}

/** A code and its status. */
function answered<Code extends PublicRefusalCode>(code: Code): { readonly status: (typeof ERRORS)[Code]['status']; readonly code: Code } {
  return { status: ERRORS[code].status, code };
}

interface ChallengeError {
  readonly error: string;
  readonly description?: string;
  readonly scope?: string;
}

/** RFC 6750 section 3. Without a credential there is no `error` (section 3.1). */
function challenge({ realm = 'api', credentials }: RefusalOptions, problem: ChallengeError | null): string {
  const parameters = [`realm="${printable(realm)}"`];
  if (problem !== null) parameters.push(`error="${problem.error}"`);
  if (problem?.description !== undefined) parameters.push(`error_description="${printable(problem.description)}"`);
  if (problem?.scope !== undefined && problem.scope !== '') parameters.push(`scope="${printable(problem.scope)}"`);
  return `${placeOf(credentials).scheme} ${parameters.join(', ')}`;
}

/** The characters that RFC 6750 allows within quotes. */
function printable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '');
}
