/** One question to the service and its answer: address, credentials, time allowed, and what may be repeated. */
import { ConfigurationError, InvalidInputError, UnavailableError } from '../domain/errors.js';
import type { IssueOptions } from './call-options.js';
import type { IssuedKey } from './client.js';
import { errorOfProblem, type Resource } from './problem.js';

export interface ClientOptions {
  /** Where the service listens, such as `http://127.0.0.1:8787`; a path before `/v1` may follow. */
  readonly url: string;
  /** The admin key. Not together with `token`. */
  readonly adminKey?: string | undefined;
  /** An operator token. */
  readonly token?: string | undefined;
  /** By default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long a call may take in all, by default 10 000 ms. */
  readonly timeoutMs?: number | undefined;
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Call extends IssueOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Every variable part through `segment`. */
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: object | undefined;
  /** What a 404 means was not found. */
  readonly resource?: Resource | undefined;
}

export interface Transport {
  ask<Answer>(call: Call): Promise<Answer>;
  /** For calls whose answer carries a token. */
  issue<Key = IssuedKey['key']>(call: Call): Promise<Issued<Key>>;
  urlOf(path: string, query?: object): string;
}

interface Issued<Key> {
  readonly key: Key;
  readonly token: string | null;
  readonly replayed: boolean;
}

export function createTransport(options: ClientOptions): Transport {
  const base = readBase(options.url);
  const credentials = readCredentials(options);
  const timeoutMs = options.timeoutMs ?? 10_000;
  const send = async (call: Call): Promise<Reply> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const init = requestInit(call, credentials, call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]));
    // Looked up at each call: a test or a tracing tool may put its own in place of the global one.
    const attempt = async () => readReply(await (options.fetch ?? globalThis.fetch)(base + call.path + queryText(call.query), init), base);
    return trySafely(attempt, { base, timeoutMs, init, repeatable: isRepeatable(call), timeout });
  };
  return {
    async ask<Answer>(call: Call): Promise<Answer> {
      return answerOf(await send(call), call) as Answer;
    },
    async issue<Key>(call: Call) {
      const reply = await send(call);
      const { key, token } = answerOf(reply, call) as Omit<Issued<Key>, 'replayed'>;
      return { key, token, replayed: reply.replayed };
    },
    urlOf: (path, query) => base + path + queryText(query),
  };
}

/** An id as a part of a path. An id that a URL cannot carry is refused: `..` would ask something else. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') {
    throw new InvalidInputError([{ pointer: '', message: `${JSON.stringify(id)} cannot be looked up: an id is needed.` }]);
  }
  return encodeURIComponent(id);
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly replayed: boolean;
  readonly retryAfter: string | null;
}

interface Attempts {
  readonly base: string;
  readonly timeoutMs: number;
  readonly init: RequestInit;
  readonly repeatable: boolean;
  readonly timeout: AbortSignal;
}

/**
 * A question that changes nothing, or whose repetition the service recognises, is put once more where no
 * answer came: most often a kept connection was closed under it. Once, and at once: waiting is the caller's affair.
 */
async function trySafely(attempt: () => Promise<Reply>, attempts: Attempts): Promise<Reply> {
  for (let left = attempts.repeatable ? 1 : 0; ; left--) {
    try {
      const reply = await attempt();
      if (left === 0 || !isGatewayFailure(reply.status)) return reply;
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      if (left === 0 || attempts.init.signal?.aborted === true) throw unreachable(error, attempts);
    }
  }
}

function isRepeatable(call: Call): boolean {
  return call.method === 'GET' || call.idempotencyKey !== undefined;
}

function isGatewayFailure(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

function unreachable(cause: unknown, { base, timeoutMs, timeout, init }: Attempts): UnavailableError {
  const message = timeout.aborted
    ? `The service at ${base} did not answer within ${timeoutMs} ms.`
    : init.signal?.aborted === true
      ? 'The call was given up before the service answered.'
      : `The service at ${base} cannot be reached. Is it running, and is this its address?`;
  return new UnavailableError('service', { cause, message });
}

function requestInit(call: Call, credentials: Readonly<Record<string, string>>, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json', ...credentials };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = readHeader(call.idempotencyKey, 'The idempotency key');
  return {
    method: call.method,
    headers,
    // A redirect would carry the credentials to wherever it points.
    redirect: 'manual',
    signal,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

async function readReply(response: Response, base: string): Promise<Reply> {
  const { status } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    throw new UnavailableError('service', {
      message: `${base} answers with a redirect, which is not followed with credentials. Use the address that it leads to.`,
    });
  }
  const text = await response.text();
  return {
    status,
    body: text === '' ? undefined : parseJson(text, { status, base }),
    replayed: response.headers.get('idempotency-replayed') === 'true',
    retryAfter: response.headers.get('retry-after'),
  };
}

function parseJson(text: string, { status, base }: { status: number; base: string }): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A proxy that cannot reach the service answers in its own words.
    if (isGatewayFailure(status)) return undefined;
    throw new UnavailableError('service', {
      cause,
      message: `${base} answered ${status}, but not in JSON: it does not seem to be a Latchkey service.`,
    });
  }
}

function answerOf(reply: Reply, call: Call): unknown {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  throw errorOfProblem(reply.body, { status: reply.status, retryAfter: reply.retryAfter, resource: call.resource });
}

function queryText(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Query)) {
    if (value !== undefined && value !== null) parameters.append(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function readBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(['url: give the address of the service, such as http://127.0.0.1:8787.']);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(['url: give the address alone, without a user name, a query or a fragment.']);
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

function readCredentials({ adminKey, token }: ClientOptions): Readonly<Record<string, string>> {
  if (adminKey !== undefined && token !== undefined) throw new ConfigurationError(['Give adminKey or token, not both.']);
  if (adminKey !== undefined) return { 'x-admin-key': readHeader(adminKey, 'adminKey') };
  if (token !== undefined) return { authorization: `Bearer ${readHeader(token, 'token')}` };
  return {};
}

/** Checked here because the error that `fetch` would raise repeats the value. */
function readHeader(value: string, what: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new ConfigurationError([`${what} must be visible ASCII characters, without spaces or line breaks.`]);
}
