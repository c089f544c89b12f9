/** Where a client asks, and with what in hand: read once, and refused before anything is sent. */
import { ConfigurationError, isLatchkeyError, UnavailableError } from '../domain/errors.js';

export interface ConnectionOptions {
  /**
   * Where the service listens, such as `http://127.0.0.1:8787`; a path before `/v1` may follow. In a browser it may be
   * relative to the page.
   */
  readonly url: string;
  /** By default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Tells a browser whether to send its cookies; by default as `fetch` does it, to the page's own origin alone. Stated, it stands
   * for a credential: `same-origin` and `include` where a session in a cookie says who asks, `omit` for calls that need none.
   */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** How long a call may take in all, by default 10 000 ms. The check of the whole log has five minutes in any case. */
  readonly timeoutMs?: number | undefined;
}

export interface Connection {
  /** Without a slash at its end. */
  readonly base: string;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly credentials: 'omit' | 'same-origin' | 'include' | undefined;
  /** The headers that say who asks, for one call. */
  readonly authorize: () => Promise<Readonly<Record<string, string>>>;
}

export interface OperatorCredentials {
  /** The admin key. Not together with `token`. */
  readonly adminKey?: string | undefined;
  /** An operator token. */
  readonly token?: string | undefined;
}

/** Every option of a connection, for the list of those of a client. */
export const CONNECTION_OPTIONS: Readonly<Record<keyof ConnectionOptions, true>> = {
  url: true,
  fetch: true,
  credentials: true,
  timeoutMs: true,
};

/** A JWT, or what gives a fresh one for each call; null where nobody is signed in. */
export type JwtSource = string | (() => string | null | Promise<string | null>);

/** Returns the connection of an operator, and adds what is wrong with the options to `problems`: with one, it cannot be used. */
export function readOperatorConnection(options: ConnectionOptions & OperatorCredentials, problems: string[]): Connection {
  const headers = readOperator(options, problems);
  if (options.adminKey == null && options.token == null) checkCookieOrNone('adminKey or token', options, problems);
  return readConnection(options, async () => headers, problems);
}

/** As `readOperatorConnection`, for an owner. */
export function readOwnerConnection(options: ConnectionOptions & { readonly jwt?: JwtSource | undefined }, problems: string[]): Connection {
  const { jwt } = options;
  if (jwt == null) checkCookieOrNone('jwt', options, problems);
  if (jwt == null || typeof jwt === 'string') {
    const headers = jwt == null ? {} : bearer(jwt, 'jwt', problems);
    return readConnection(options, async () => headers, problems);
  }
  if (typeof (jwt as unknown) !== 'function') problems.push('jwt: use a JWT, or a function that gives one.');
  return readConnection(options, async () => authorizeFresh(await freshJwt(jwt)), problems);
}

function authorizeFresh(jwt: string | null): Readonly<Record<string, string>> {
  return jwt === null ? {} : { authorization: `Bearer ${readHeader(jwt, 'jwt')}` };
}

/** A variable that nobody set would otherwise be found out at the first call. */
function checkCookieOrNone(missing: string, { credentials }: ConnectionOptions, problems: string[]): void {
  if (credentials !== undefined && ['omit', 'same-origin', 'include'].includes(credentials)) return;
  problems.push(
    `Give ${missing}, or say credentials: "same-origin" where a session in a cookie says who asks, "omit" for calls that need no credential.`,
  );
}

/** Checked here because the error that `fetch` would raise repeats the value. */
export function readHeader(value: string, what: string): string {
  const problem = whyNotHeader(value, what);
  if (problem !== null) throw new ConfigurationError([problem]);
  return value;
}

function whyNotHeader(value: unknown, what: string): string | null {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return null;
  return `${what} must be visible ASCII characters, without spaces or line breaks.`;
}

function readConnection(options: ConnectionOptions, authorize: Connection['authorize'], problems: string[]): Connection {
  const { fetch, credentials, timeoutMs = 10_000 } = options;
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX)
    problems.push(`timeoutMs: use 1 to ${TIMEOUT_MS_MAX} milliseconds.`);
  return { base: readBase(options.url, problems), timeoutMs, fetch, credentials, authorize };
}

/** A day: beyond 24 of them timers overflow, and nobody waits that long. */
const TIMEOUT_MS_MAX = 86_400_000;

function readBase(text: string, problems: string[]): string {
  const page = pageAddress();
  const url = URL.canParse(text, page) ? new URL(text, page) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    problems.push('url: give the address of the service, such as http://127.0.0.1:8787.');
    return '';
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    problems.push('url: give the address alone, without a user name, a query or a fragment.');
  return (url.origin + url.pathname).replace(/(?<!\/)\/+$/, '');
}

/** Undefined outside browsers. */
function pageAddress(): string | undefined {
  const { location } = globalThis as { location?: { readonly href?: unknown } };
  return typeof location?.href === 'string' ? location.href : undefined;
}

function readOperator({ adminKey, token }: OperatorCredentials, problems: string[]): Readonly<Record<string, string>> {
  if (adminKey != null && token != null) problems.push('Give adminKey or token, not both.');
  if (adminKey == null) return token == null ? {} : bearer(token, 'token', problems);
  const problem = whyNotHeader(adminKey, 'adminKey');
  if (problem !== null) problems.push(problem);
  return { 'x-admin-key': adminKey };
}

function bearer(token: string, what: string, problems: string[]): Readonly<Record<string, string>> {
  const problem = whyNotHeader(token, what);
  if (problem !== null) problems.push(problem);
  return { authorization: `Bearer ${token}` };
}

async function freshJwt(source: Exclude<JwtSource, string>): Promise<string | null> {
  try {
    return await source();
  } catch (cause) {
    if (isLatchkeyError(cause)) throw cause;
    throw new UnavailableError('service', { cause, message: 'Nothing was asked: the function given as "jwt" gave no JWT but failed.' });
  }
}
