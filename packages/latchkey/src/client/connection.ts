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

/** A JWT, or what gives a fresh one for each call; null where nobody is signed in. */
export type JwtSource = string | (() => string | null | Promise<string | null>);

/** Throws a ConfigurationError. */
export function connectOperator(options: ConnectionOptions & OperatorCredentials): Connection {
  assertOptions(options);
  const headers = readOperator(options);
  if (options.adminKey == null && options.token == null) assertCookieOrNone('adminKey or token', options);
  return connect(options, async () => headers);
}

/** Throws a ConfigurationError. */
export function connectOwner(options: ConnectionOptions & { readonly jwt?: JwtSource | undefined }): Connection {
  assertOptions(options);
  const { jwt } = options;
  if (jwt == null) assertCookieOrNone('jwt', options);
  if (jwt == null || typeof jwt === 'string') {
    const headers = jwt == null ? {} : bearer(jwt, 'jwt');
    return connect(options, async () => headers);
  }
  if (typeof (jwt as unknown) !== 'function') throw new ConfigurationError(['jwt: use a JWT, or a function that gives one.']);
  return connect(options, async () => {
    const fresh = await freshJwt(jwt);
    return fresh === null ? {} : bearer(fresh, 'jwt');
  });
}

function assertOptions(options: ConnectionOptions): void {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null)
    throw new ConfigurationError(['Give an object with a url.']);
}

/** A variable that nobody set would otherwise be found out at the first call. */
function assertCookieOrNone(missing: string, { credentials }: ConnectionOptions): void {
  if (credentials !== undefined && ['omit', 'same-origin', 'include'].includes(credentials)) return;
  throw new ConfigurationError([
    `Give ${missing}, or say credentials: "same-origin" where a session in a cookie says who asks, "omit" for calls that need no credential.`,
  ]);
}

/** Checked here because the error that `fetch` would raise repeats the value. */
export function readHeader(value: string, what: string): string {
  if (typeof (value as unknown) === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new ConfigurationError([`${what} must be visible ASCII characters, without spaces or line breaks.`]);
}

function connect(options: ConnectionOptions, authorize: Connection['authorize']): Connection {
  const { fetch, credentials, timeoutMs = 10_000 } = options;
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX) {
    throw new ConfigurationError([`timeoutMs: use 1 to ${TIMEOUT_MS_MAX} milliseconds.`]);
  }
  return { base: readBase(options.url), timeoutMs, fetch, credentials, authorize };
}

/** A day: beyond 24 of them timers overflow, and nobody waits that long. */
const TIMEOUT_MS_MAX = 86_400_000;

function readBase(text: string): string {
  const page = pageAddress();
  const url = URL.canParse(text, page) ? new URL(text, page) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(['url: give the address of the service, such as http://127.0.0.1:8787.']);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(['url: give the address alone, without a user name, a query or a fragment.']);
  }
  return (url.origin + url.pathname).replace(/(?<!\/)\/+$/, '');
}

/** Undefined outside browsers. */
function pageAddress(): string | undefined {
  const { location } = globalThis as { location?: { readonly href?: unknown } };
  return typeof location?.href === 'string' ? location.href : undefined;
}

function readOperator({ adminKey, token }: OperatorCredentials): Readonly<Record<string, string>> {
  if (adminKey != null && token != null) throw new ConfigurationError(['Give adminKey or token, not both.']);
  if (adminKey != null) return { 'x-admin-key': readHeader(adminKey, 'adminKey') };
  return token == null ? {} : bearer(token, 'token');
}

function bearer(token: string, what: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${readHeader(token, what)}` };
}

async function freshJwt(source: Exclude<JwtSource, string>): Promise<string | null> {
  try {
    return await source();
  } catch (cause) {
    if (isLatchkeyError(cause)) throw cause;
    throw new UnavailableError('service', { cause, message: 'Nothing was asked: the function given as "jwt" gave no JWT but failed.' });
  }
}
