/**
 * Routes: each is an operation that is described once, with a guard that runs before anything of its input is read.
 *
 * http/endpoints/ owns what every route shares: this, the services that routes work with, answers that several of them give, and
 * their description in OpenAPI.
 */
import type { Actor, CallContext, IfMatch, OperatorScope, Session } from 'latchkey';
import { readPath, readWait, REQUEST_SHAPES, type Call } from 'latchkey/internal';
import { containsToken, ifMatchOption, readIdempotencyKey, readQuery, refuseIfMatch, refuseIfNoneMatch } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem } from '../exchange/problem.js';
import { readJson } from '../exchange/read-body.js';
import type { HeaderName, Parameter } from './describe-headers.js';
import type { JsonSchema } from './json-schema.js';
import { queryInput } from './query-input.js';
import type { Services } from './services.js';

/** `all`: whatever the method; documented as `get`. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'all';

/** The groups of operations in the OpenAPI document. */
export type Tag =
  | 'Verification'
  | 'Forward auth'
  | 'Keys'
  | 'Owners'
  | 'Tiers'
  | 'Events'
  | 'Usage'
  | 'Overview'
  | 'Sessions'
  | 'Portal'
  | 'Own keys'
  | 'Operations'
  | 'Documentation';

/** A shape of the contract, or the JSON Schema of what no contract declares. */
export type Described = { readonly shape: object } | JsonSchema;

/** The answer of an operation that succeeds, for its documentation. */
export interface DocumentedAnswer {
  readonly description: string;
  /** Absent where there is no body. */
  readonly schema?: Described;
  /** By default JSON. */
  readonly mediaType?: string;
  /** Its headers, beside those that every answer has. */
  readonly headers?: readonly HeaderName[];
  /** In place of `schema`, where it may be of several media types. */
  readonly content?: Readonly<Record<string, Described>>;
}

/** What of an operation the router, the documentation and the authentication have to know. */
export interface Operation {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/keys/{id}`. */
  readonly path: string;
  /** As the router writes it, where that is more than another spelling of `path`. */
  readonly routingPath?: string;
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** What an operator token must hold; null for a route that is open to all, or to owners. */
  readonly scope: OperatorScope | null;
  /** Whether it is for owners, who sign in by a JWT or a portal session, and about their own keys. */
  readonly ownKeys?: true;
  /** Whether it is about the session that a cookie of the request holds: which of them. */
  readonly session?: 'operatorSession' | 'portalSession';
  /** The shape of its query; by default it has none. */
  readonly query?: object;
  /** True if it takes `wait` in its query: it may take authority away. */
  readonly waits?: boolean;
  /** Parameters beside those in its path and `query`. */
  readonly parameters?: readonly Parameter[];
  /** The shape of its body; absent where it reads none. */
  readonly body?: object;
  /** Whether a request without a body is like one with `{}`. */
  readonly bodyOptional?: boolean;
  /** Whether `Idempotency-Key` is taken. */
  readonly repeatable?: boolean;
  /** True if `If-Match` is taken. */
  readonly conditional?: boolean;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** True if it changes nothing, by whatever method. */
  readonly reads?: boolean;
  /** Statuses of problems that it may answer, beside those that every operation may. */
  readonly problems?: readonly number[];
  /** As of a call. */
  readonly conflicts?: Call['conflicts'];
  /** Their headers by status, beside those that the same problem has elsewhere. */
  readonly problemHeaders?: Readonly<Record<number, readonly HeaderName[]>>;
}

/** An operation and what it does. */
export interface Endpoint {
  readonly operation: Operation;
  run(services: Services, exchange: Exchange, params: Readonly<Record<string, string>>): Promise<Answer>;
}

/** A request as a handler gets it. Who asks is settled; the values are for the engine, or for the handler, to judge. */
export interface Received<Who> {
  readonly services: Services;
  readonly exchange: Exchange;
  readonly who: Who;
  /** The names in the path, in order. */
  readonly ids: readonly string[];
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Undefined where the caller does not say. */
  readonly wait: boolean | undefined;
}

type Entry<Who> = Who | { readonly refused: Answer };

/** Lets somebody in, or refuses: asked before anything else is read of the request. */
export type Guard<Who extends object> = (services: Services, exchange: Exchange) => Entry<Who> | Promise<Entry<Who>>;

/** Returns the endpoint of an operation behind a guard. */
export function guardedEndpoint<Who extends object>(
  operation: Operation,
  guard: Guard<Who>,
  handle: (received: Received<Who>) => Promise<Answer>,
): Endpoint {
  const waits = operation.waits === true;
  const queryShape = operation.query ?? (waits ? REQUEST_SHAPES.waitQuery : {});
  return {
    operation,
    async run(services, exchange, params) {
      const entry = guard(services, exchange);
      const who = entry instanceof Promise ? await entry : entry;
      if ('refused' in who) return who.refused;
      const unread = refuseTokenInQuery(exchange) ?? refuseUnread(operation, exchange);
      if (unread !== null) return unread;
      const ids = readPath(operation.path, params);
      const query = queryInput(queryShape, readQuery(exchange.query));
      const wait = operation.query === undefined ? readWait(query, waits) : undefined;
      const body = operation.body === undefined ? NO_BODY : await readBody(operation, services, exchange);
      if ('refused' in body) return body.refused;
      return handle({ services, exchange, who, ids, query, body: body.value, wait });
    },
  };
}

/** A route that is open to all, and reads what it needs by itself. */
export function openEndpoint(
  operation: Operation & { readonly scope: null },
  run: (services: Services, exchange: Exchange) => Promise<Answer>,
): Endpoint {
  return { operation, run };
}

/** Somebody may have searched for a token, or put one where a name should be. */
function refuseTokenInQuery({ query, requestId }: Exchange): Answer | null {
  if (query === '' || ![...new URLSearchParams(query)].flat().some(containsToken)) return null;
  return problem('key_in_query', { detail: TOKEN_IN_QUERY, requestId });
}

/** A condition, or a body, that is not read would promise what does not hold. */
function refuseUnread({ method, reads, conditional, body }: Operation, { headerValues, requestId }: Exchange): Answer | null {
  if (method === 'get') return null;
  if (reads !== true) refuseIfNoneMatch(headerValues);
  if (conditional !== true) refuseIfMatch(headerValues);
  const hasBody = Number(headerValues('content-length')[0] ?? 0) > 0 || headerValues('transfer-encoding').length > 0;
  return method === 'delete' && body === undefined && hasBody ? unread('This call takes no body. Leave it out.', requestId) : null;
}

function unread(message: string, requestId: string): Answer {
  return problem('invalid_input', { detail: message, requestId, errors: [{ pointer: '', message }] });
}

const TOKEN_IN_QUERY =
  'A token is in the URL, where logs and histories keep it: rotate its key. To search for a token, send it in the body of POST /v1/keys/search.';

/** Who acts, as a guard found out. */
export interface Acting {
  readonly actor: Actor;
  /** The session that a cookie of the request holds, where it is what let them in. */
  readonly session?: Session | null | undefined;
}

/** The context of a call, for the audit log. */
export function contextOf(
  { method, repeatable, conditional }: Operation,
  { who, exchange, wait }: Pick<Received<Acting>, 'who' | 'exchange' | 'wait'>,
): CallContext & IfMatch {
  const { actor, session } = who;
  const { address, requestId } = exchange;
  const through = session == null ? null : { id: session.id, link: session.openedBy };
  const signal = method === 'get' ? exchange.untilAbandoned() : undefined;
  const condition = conditional === true ? ifMatchOption(exchange.headerValues) : {};
  const context = { actor, address, requestId, session: through, signal, ...condition, ...(wait !== undefined && { wait }) };
  return repeatable === true ? { ...context, idempotencyKey: readIdempotencyKey(exchange.headerValues) } : context;
}

type BodyResult = { readonly value: unknown } | { readonly refused: Answer };

const NO_BODY: BodyResult = { value: {} };

/** Returns the JSON of a body, which nobody has judged yet, or why there is none. */
async function readBody({ bodyOptional }: Operation, { bodyLimit }: Services, exchange: Exchange): Promise<BodyResult> {
  const { headerValues, requestId } = exchange;
  const reading = readJson(await exchange.readBytes(bodyLimit), headerValues('content-type'));
  switch (reading.kind) {
    case 'json':
      return { value: reading.value };
    case 'none':
      if (bodyOptional === true) return NO_BODY;
      return { refused: problem('malformed_json', { detail: 'This call needs a body of JSON.', requestId }) };
    case 'too_large':
      return { refused: problem('body_too_large', { detail: `A body may have at most ${bodyLimit} bytes.`, requestId }) };
    case 'not_json_type':
      return { refused: problem('unsupported_media_type', { detail: 'Send the body as Content-Type: application/json.', requestId }) };
    case 'malformed':
      return { refused: problem('malformed_json', { detail: 'The body cannot be read as JSON.', requestId }) };
  }
}
