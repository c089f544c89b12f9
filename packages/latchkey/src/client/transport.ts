/** One question to the service and its answer: what goes over the wire, and how it is read. */
import { InvalidInputError, UnavailableError } from '../domain/errors.js';
import { readIfMatch } from '../domain/if-match.js';
import { containsToken, Token } from '../domain/token.js';
import { UNCACHED } from '../domain/uncached.js';
import { isGatewayFailure, trySafely } from './attempt.js';
import type { ChangeOptions, IfMatch, IssueOptions } from '../contract/call-options.js';
import { readHeader, type Connection } from './connection.js';
import type { Issued } from './issued.js';
import { errorOfProblem, type Resource } from './problem.js';
import { jsonText, queryText } from './wire-input.js';

export interface Call extends IssueOptions, ChangeOptions, IfMatch {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Every variable part through `segment`. */
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: object | undefined;
  /** What a 404 means was not found. */
  readonly resource?: Resource | undefined;
  /** Whether it changes nothing although it is no GET. */
  readonly safe?: boolean | undefined;
  /** For a call whose work grows with what is stored: it may take so long, if the client's own time is shorter. */
  readonly patienceMs?: number | undefined;
}

export interface Transport {
  ask<Answer>(call: Call): Promise<Answer>;
  /** For calls whose answer carries a token. */
  issue<Answer extends Issued<unknown>>(call: Call): Promise<Answer>;
  urlOf(path: string, query?: object): string;
}

export function createTransport(connection: Connection): Transport {
  const { base } = connection;
  const send = async (call: Call): Promise<Reply> => {
    const timeoutMs = Math.max(connection.timeoutMs, call.patienceMs ?? 0);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    const init = requestInit(call, connection.credentials, signal);
    const headers = headersOf(call);
    const url = base + call.path + queryText(call.wait === false ? { ...call.query, wait: false } : call.query);
    let who: Readonly<Record<string, string>> | null = null;
    const attempt = async (): Promise<Reply> => {
      who ??= await unlessAborted(connection.authorize, signal);
      // Looked up at each call: a test or a tracing tool may put its own in place of the global one.
      const ask = connection.fetch ?? globalThis.fetch;
      return readReply(await ask(url, { ...init, headers: { ...headers, ...who } }), base);
    };
    return trySafely(attempt, { base, timeoutMs, signal, timeout, repeatable: isRepeatable(call) });
  };
  return {
    async ask<Answer>(call: Call): Promise<Answer> {
      return answerOf(await send(call), call) as Answer;
    },
    async issue<Answer extends Issued<unknown>>(call: Call): Promise<Answer> {
      const reply = await send(call);
      const { tokenAlreadyShown: _said, token, ...issued } = answerOf(reply, call) as IssuedText;
      return { ...issued, token: token === null ? null : Token.of(token), replayed: reply.replayed } as unknown as Answer;
    },
    urlOf: (path, query) => base + path + queryText(query),
  };
}

/** An id as a part of a path. An id that a URL cannot carry is refused: `..` would ask something else. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') {
    throw new InvalidInputError([{ pointer: '', message: `${JSON.stringify(id)} cannot be looked up: an id is needed.` }]);
  }
  if (containsToken(id)) throw new InvalidInputError([{ pointer: '', message: 'Use the id, not the token: URLs end up in logs.' }]);
  return encodeURIComponent(id);
}

interface IssuedText {
  readonly token: string | null;
  readonly tokenAlreadyShown?: true;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly replayed: boolean;
  readonly retryAfterMs: number | null;
}

function isRepeatable(call: Call): boolean {
  return call.method === 'GET' || call.safe === true || call.idempotencyKey !== undefined;
}

/** What the host's own function takes to give a JWT is part of the time allowed. */
async function unlessAborted<Value>(start: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

function requestInit({ method, body }: Call, credentials: Connection['credentials'], signal: AbortSignal): RequestInit {
  return {
    ...UNCACHED,
    method,
    // A redirect would carry the credentials to wherever it points.
    redirect: 'manual',
    signal,
    ...(credentials !== undefined && { credentials }),
    ...(body !== undefined && { body: jsonText(body) }),
  };
}

function headersOf({ body, idempotencyKey, ifMatch }: Call): Readonly<Record<string, string>> {
  const condition = readIfMatch(ifMatch);
  return {
    accept: 'application/json, application/problem+json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(condition !== null && { 'if-match': condition === '*' ? condition : condition.map((version) => `"${version}"`).join(', ') }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': readHeader(idempotencyKey, 'The idempotency key') }),
  };
}

async function readReply(response: Response, base: string): Promise<Reply> {
  const { status, headers } = response;
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
    replayed: headers.get('idempotency-replayed') === 'true',
    retryAfterMs: readRetryAfter(headers),
  };
}

function parseJson(text: string, { status, base }: { status: number; base: string }): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy that cannot reach the service answers in its own words.
    if (isGatewayFailure(status)) return undefined;
    // Without the parser's error, which quotes the text: there may be a token in it.
    throw new UnavailableError('service', {
      message: `${base} answered ${status}, but not in JSON: it does not seem to be a Latchkey service.`,
    });
  }
}

/** Seconds, or a date (RFC 9110 section 10.2.3), which is held against the answer's own `Date`: clocks differ. */
function readRetryAfter(headers: Headers): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

function answerOf({ status, body, retryAfterMs }: Reply, { resource }: Call): unknown {
  if (status >= 200 && status < 300) return body;
  throw errorOfProblem(body, { status, retryAfterMs, resource });
}
