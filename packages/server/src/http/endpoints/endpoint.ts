/**
 * Routes: each is an operation that is described once, with a guard that runs before anything of its input is read.
 *
 * http/endpoints/ owns what every route shares: this, the services that routes work with, answers that several of them give, and
 * their description in OpenAPI.
 */
import { z } from '@hono/zod-openapi';
import type { Actor, CallContext, OperatorScope, Session } from 'latchkey';
import { containsToken, readIdempotencyKey, readQuery } from 'latchkey/edge';
import { authenticateOperator } from '../authentication/authenticate-operator.js';
import { authenticateOwner, type OwnerAction, type OwnerEntry } from '../authentication/authenticate-owner.js';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem } from '../exchange/problem.js';
import { readJson } from '../exchange/read-body.js';
import type { HeaderName } from './describe-headers.js';
import { readInput } from './read-input.js';
import type { Services } from './services.js';

/** `all`: whatever the method; documented as `get`. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'all';

/** What an operation answers when all is well, for its documentation. */
export interface DocumentedAnswer {
  readonly description: string;
  /** Absent where there is no body. */
  readonly schema?: z.ZodType | Shaped;
  /** By default JSON. */
  readonly mediaType?: string;
  /** Its headers, beside those that every answer has. */
  readonly headers?: readonly HeaderName[];
  /** In place of `schema`, where it may be of several media types. */
  readonly content?: Readonly<Record<string, z.ZodType | Shaped>>;
}

/** A part of the contract that is described by itself. */
export interface Shaped {
  readonly shape: object;
}

/** A parameter in the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly shape: object;
}

/** What of an operation the router, the documentation and the authentication have to know. */
export interface Operation {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/keys/{id}`. */
  readonly path: string;
  /** As the router writes it, where that is more than another spelling of `path`. */
  readonly routingPath?: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** What an operator token must hold; null for a route that is open to all, or to owners. */
  readonly scope: OperatorScope | null;
  /** Whether it is for owners, who sign in by a JWT or a portal session, and about their own keys. */
  readonly ownKeys?: true;
  /** Whether it is about the session that a cookie of the request holds: which of them. */
  readonly session?: 'operatorSession' | 'portalSession';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  /** The headers that it reads, for its documentation. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType | Shaped;
  /** Whether a request without a body is like one with `{}`. */
  readonly bodyOptional?: boolean;
  /** Whether `Idempotency-Key` is taken. */
  readonly repeatable?: boolean;
  /** True if `If-Match` is taken. */
  readonly conditional?: boolean;
  /** Its parameters, where the contract describes them. */
  readonly parameters?: readonly Parameter[];
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  /** Statuses of problems that it may answer, beside those that every operation may. */
  readonly problems?: readonly number[];
  /** Their headers by status, beside those that the same problem has elsewhere. */
  readonly problemHeaders?: Readonly<Record<number, readonly HeaderName[]>>;
}

/** An operation and what it does. */
export interface Endpoint {
  readonly operation: Operation;
  run(services: Services, exchange: Exchange, params: Readonly<Record<string, string>>): Promise<Answer>;
}

/** What a handler is given: the input, read and judged, and who the guard let in. */
interface GuardedCall<Who, Params, Query, Body> {
  readonly services: Services;
  readonly exchange: Exchange;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly who: Who;
}

/** The same for operators and owners, with the circumstances for the log. */
interface Call<Who extends Acting, Params, Query, Body> extends GuardedCall<Who, Params, Query, Body> {
  readonly context: CallContext;
}

/** Who acts, as a guard found out. */
interface Acting {
  readonly actor: Actor;
  /** The session that a cookie of the request holds, where it is what let them in. */
  readonly session?: Session | null | undefined;
}

interface TypedOperation<Params extends z.ZodObject, Query extends z.ZodType, Body extends z.ZodType> extends Operation {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}

const NOTHING = z.strictObject({});

/** An operation for operators. Who asks is settled before anything else is read of the request. */
export function endpoint<
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  operation: TypedOperation<Params, Query, Body> & { readonly scope: OperatorScope },
  handle: (call: Call<Acting, z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer>,
): Endpoint {
  const { scope } = operation;
  const authenticate = (services: Services, exchange: Exchange) => authenticateOperator(services, exchange, scope);
  return guarded(operation, authenticate, handle);
}

/** An operation for owners, about their own keys. Who asks is settled first here as well. */
export function ownEndpoint<
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  operation: TypedOperation<Params, Query, Body> & { readonly scope: null; readonly ownKeys: true; readonly needs?: OwnerAction },
  handle: (call: Call<OwnerEntry, z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer>,
): Endpoint {
  const authenticate = async (services: Services, exchange: Exchange) => authenticateOwner(services, exchange, operation.needs);
  return guarded(operation, authenticate, handle);
}

/** A route that is open to all, and reads what it needs by itself. */
export function openEndpoint(
  operation: Operation & { readonly scope: null },
  run: (services: Services, exchange: Exchange) => Promise<Answer>,
): Endpoint {
  return { operation, run };
}

type Entry<Who> = Who | { readonly refused: Answer };

/** An operation behind a guard of its own, which is asked before anything else is read of the request. */
export function guardedEndpoint<
  Who extends object,
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  operation: TypedOperation<Params, Query, Body>,
  guard: (services: Services, exchange: Exchange) => Entry<Who> | Promise<Entry<Who>>,
  handle: (call: GuardedCall<Who, z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer>,
): Endpoint {
  const authenticate = async (services: Services, exchange: Exchange) => {
    const entry = await guard(services, exchange);
    return 'refused' in entry ? entry : { actor: NOBODY, entry };
  };
  return guarded(operation, authenticate, async ({ who: { entry }, ...call }) => handle({ ...call, who: entry }));
}

/** Whoever has not proved yet who they are. */
const NOBODY: Actor = { type: 'owner', id: '', scopes: [] };

function guarded<Who extends Acting, Params extends z.ZodObject, Query extends z.ZodType, Body extends z.ZodType>(
  operation: TypedOperation<Params, Query, Body>,
  authenticate: (services: Services, exchange: Exchange) => Entry<Who> | Promise<Entry<Who>>,
  handle: (call: Call<Who, z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer>,
): Endpoint {
  const querySchema: z.ZodType = operation.query ?? NOTHING;
  return {
    operation,
    async run(services, exchange, rawParams) {
      const limit = services.bodyLimit;
      const authentication = authenticate(services, exchange);
      const who = authentication instanceof Promise ? await authentication : authentication;
      if ('refused' in who) return who.refused;
      const inQuery = refuseTokenInQuery(exchange);
      if (inQuery !== null) return inQuery;
      const params = operation.params === undefined ? {} : readInput(operation.params, rawParams);
      const query = readInput(querySchema, readQuery(exchange.query));
      const body =
        operation.body === undefined
          ? NO_BODY
          : readBody(await exchange.readBytes(limit), exchange, { optional: operation.bodyOptional === true, limit });
      if ('refused' in body) return body.refused;
      const context = contextOf(who, exchange, { operation, query });
      return await handle({
        services,
        exchange,
        params: params as z.output<Params>,
        query: query as z.output<Query>,
        body: (operation.body === undefined ? body.value : readInput(operation.body, body.value)) as z.output<Body>,
        context,
        who,
      });
    },
  };
}

/** Somebody may have searched for a token, or put one where a name should be. */
export function refuseTokenInQuery({ query, requestId }: Exchange): Answer | null {
  if (query === '' || ![...new URLSearchParams(query)].flat().some(containsToken)) return null;
  return problem('key_in_query', { detail: TOKEN_IN_QUERY, requestId });
}

const TOKEN_IN_QUERY =
  'A token is in the URL, where logs and histories keep it: rotate its key. To search for a token, send it in the body of POST /v1/keys/search.';

/** The context of a call, for the audit log. */
export function contextOf(
  { actor, session }: Acting,
  exchange: Exchange,
  { operation, query }: { operation: Operation; query: unknown },
): CallContext {
  const { address, requestId } = exchange;
  const { wait } = query as { readonly wait?: boolean };
  const through = session == null ? null : { id: session.id, link: session.openedBy };
  const signal = operation.method === 'get' ? exchange.untilAbandoned() : undefined;
  const context = { actor, address, requestId, session: through, signal, ...(wait !== undefined && { wait }) };
  return operation.repeatable === true ? { ...context, idempotencyKey: readIdempotencyKey(exchange.headerValues) } : context;
}

export type BodyResult = { readonly value: unknown } | { readonly refused: Answer };

const NO_BODY: BodyResult = { value: {} };

interface Expected {
  readonly optional: boolean;
  readonly limit: number;
}

/** Returns the JSON of a body, which nobody has judged yet, or why there is none. */
export function readBody(bytes: Uint8Array | null, { headerValues, requestId }: Exchange, { optional, limit }: Expected): BodyResult {
  const reading = readJson(bytes, headerValues('content-type'));
  switch (reading.kind) {
    case 'json':
      return { value: reading.value };
    case 'none':
      if (optional) return NO_BODY;
      return { refused: problem('malformed_json', { detail: 'This call needs a body of JSON.', requestId }) };
    case 'too_large':
      return { refused: problem('body_too_large', { detail: `A body may have at most ${limit} bytes.`, requestId }) };
    case 'not_json_type':
      return { refused: problem('unsupported_media_type', { detail: 'Send the body as Content-Type: application/json.', requestId }) };
    case 'malformed':
      return { refused: problem('malformed_json', { detail: 'The body cannot be read as JSON.', requestId }) };
  }
}
