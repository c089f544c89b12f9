/** Where a caller's token is taken from. */
export interface CredentialSources {
  /**
   * Reads `Authorization: Bearer`; by default true. With `false` that header belongs to another layer, such as one that demands a
   * JWT in it, whatever stands there.
   */
  readonly authorization?: boolean | undefined;
  /** Headers, in lower case, that carry a bare token, beside `Authorization: Bearer`; by default `x-api-key`. */
  readonly headers?: readonly string[] | undefined;
  /** A cookie that carries a token; by default none. */
  readonly cookie?: string | undefined;
  /** The query parameter in which a token is looked for; by default `api_key`. */
  readonly queryParameter?: string | undefined;
  /** Whether a token in the query is taken. By default it is refused: URLs end up in logs and histories. */
  readonly allowQuery?: boolean | undefined;
}

/** What is looked at of a request, whatever framework it came through. */
export interface RequestView {
  /** Every value sent under this lower-case name, once for each time that the header was sent. */
  headerValues(name: string): readonly string[];
  /** The queries in which a token could be, without the question mark: of the request and, behind a proxy, of the original one. */
  readonly queries: readonly string[];
}

/** What a request presents. `malformed` and `in_query` are refused before anything is verified. */
export type CredentialReading =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'missing' }
  /** `why` never repeats what was sent. */
  | { readonly kind: 'malformed'; readonly why: string; readonly several?: true }
  | { readonly kind: 'in_query' };

export const DEFAULT_HEADERS: readonly string[] = ['x-api-key'];
const DEFAULT_QUERY_PARAMETER = 'api_key';

/** A token that could be sent in a header: visible ASCII. White space betrays two values that were joined into one. */
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * The one token that a request presents. Refuses what is ambiguous, so that nobody downstream can read the
 * request differently: a header sent twice, two different tokens, a Bearer without one. An `Authorization`
 * of another scheme is nobody's business here as long as a token comes by another way.
 */
export function readCredential(request: RequestView, sources: CredentialSources = {}): CredentialReading {
  const parameter = sources.queryParameter ?? DEFAULT_QUERY_PARAMETER;
  const inQuery = request.queries.flatMap((query) => queryValues(query, parameter));
  if (inQuery.length > 0 && sources.allowQuery !== true) return { kind: 'in_query' };

  const found: string[] = [];
  let otherScheme = false;
  const authorization = sources.authorization === false ? [] : request.headerValues('authorization');
  if (authorization.length > 1) return repeated('Authorization', authorization);
  if (authorization[0] !== undefined) {
    const token = bearerToken(authorization[0].trim());
    if (token === null) otherScheme = true;
    else if (token === '') return malformed('The Authorization header has no token after Bearer.');
    else found.push(token);
  }
  for (const name of sources.headers ?? DEFAULT_HEADERS) {
    const values = request.headerValues(name).flatMap(apart);
    if (values.length > 1) return repeated(name, values);
    const value = values[0]?.trim() ?? '';
    if (value !== '') found.push(value);
  }
  if (sources.cookie !== undefined) found.push(...cookieValues(request.headerValues('cookie'), sources.cookie));
  found.push(...inQuery);
  return oneOf(found, otherScheme);
}

/** Returns the values of one field: where a platform has joined the fields of one name, as RFC 9110, section 5.3, allows, there are several. */
function apart(value: string): readonly string[] {
  return JOINED.test(value) ? value.split(', ') : [value];
}

const JOINED = /^[\x21-\x7e]+(?:, [\x21-\x7e]+)+$/;

/** RFC 6750 section 2.1, with the scheme in any case (RFC 9110 section 11.1). Null for another scheme; the token is judged later. */
function bearerToken(header: string): string | null {
  if (header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return null;
  let start = SCHEME.length;
  while (header[start] === ' ') start += 1;
  return start > SCHEME.length || header.length === SCHEME.length ? header.slice(start) : null;
}

const SCHEME = 'bearer';

function oneOf(found: readonly string[], otherScheme: boolean): CredentialReading {
  const token = found[0];
  if (token === undefined) return otherScheme ? malformed('The Authorization header is not of the Bearer scheme.') : { kind: 'missing' };
  if (found.some((other) => other !== token)) return { ...malformed('Two different tokens were sent.'), several: true };
  return VISIBLE.test(token) ? { kind: 'token', token } : malformed('The token has characters that no token has.');
}

function repeated(name: string, values: readonly string[]): CredentialReading {
  const differ = new Set(values.map((value) => value.trim())).size > 1;
  return { ...malformed(`The ${name} header was sent more than once.`), ...(differ && { several: true }) };
}

function malformed(why: string): Extract<CredentialReading, { kind: 'malformed' }> {
  return { kind: 'malformed', why };
}

function queryValues(query: string, parameter: string): readonly string[] {
  if (query === '' || !(query.includes(parameter) || query.includes('%'))) return [];
  return new URLSearchParams(query).getAll(parameter).filter((value) => value !== '');
}

function cookieValues(headers: readonly string[], name: string): readonly string[] {
  return headers
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter((value) => value !== '');
}
