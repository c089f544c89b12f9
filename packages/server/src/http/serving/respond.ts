import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { fetchHeaderValues, QUERY_KEY_HINT, queryOf, rawHeaderValues, readCredential } from 'latchkey/edge';
import type { Endpoint, Method } from '../endpoints/endpoint.js';
import type { Services } from '../endpoints/services.js';
import { isTagged, withTag } from '../endpoints/tagged-answers.js';
import type { Answerer } from '../exchange/answer-exchange.js';
import { empty, type Answer, type HeaderFields } from '../exchange/answer.js';
import { compress } from '../exchange/compress.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Arrival } from '../exchange/open-exchange.js';
import { problem } from '../exchange/problem.js';
import { readRequestBytes } from '../exchange/read-body.js';
import type { Pages } from '../pages/answer-page.js';
import { INERT } from '../pages/page-policy.js';
import { nodeIncoming, nodeOutgoing, untilClosed } from './node-incoming.js';
import { writeAnswer } from './write-answer.js';

type AnswerTo = (exchange: Exchange) => Promise<Answer>;

export type PeerAddress = (request: Request, env: unknown) => string | undefined;

export interface ResponderParts {
  readonly services: Services;
  readonly open: (arrival: Arrival) => Exchange;
  readonly answer: Answerer;
  readonly pages: Pages;
  readonly peerAddress: PeerAddress | undefined;
}

/** The ordinary way: from a fetch request, through the router, to a fetch response. */
export function createResponder({ services, open, answer, pages, peerAddress = nodePeer }: ResponderParts) {
  function exchangeOf(c: Context): Exchange {
    const request = c.req.raw;
    const incoming = nodeIncoming(c.env);
    return open({
      method: request.method,
      query: queryOf(request.url),
      headerValues: incoming === undefined ? fetchHeaderValues(request) : rawHeaderValues(incoming.rawHeaders),
      peer: peerAddress(request, c.env),
      host: hostOf(request.url),
      encrypted: request.url.startsWith('https:'),
      fieldCount: incoming === undefined ? [...request.headers].length : incoming.rawHeaders.length / 2,
      isAbandoned: () => incoming?.socket.destroyed ?? request.signal.aborted,
      untilAbandoned: () => untilClosed(c.env) ?? request.signal,
      readBytes: async (limit) => readRequestBytes(request, limit),
    });
  }

  const respond = async (c: Context, route: string, answerTo: AnswerTo): Promise<Response> =>
    respondTo(c, exchangeOf(c), { route, answerTo });

  async function respondTo(c: Context, exchange: Exchange, { route, answerTo }: Respond): Promise<Response> {
    const forPrograms = isForPrograms(route);
    const made = await answer(exchange, route, answerTo);
    // The fast lane answers the same.
    const given = forPrograms ? made : await compress(made, exchange.headerValues('accept-encoding'));
    const inert = hasPolicy(given.headers) || forPrograms ? {} : INERT;
    const more = { ...inert, 'x-content-type-options': 'nosniff', 'x-request-id': exchange.requestId };
    const outgoing = nodeOutgoing(c.env);
    if (outgoing === undefined) return responseOf(given, more);
    await writeAnswer(outgoing, given, more).catch((error: unknown) => {
      services.log.error({ err: error, requestId: exchange.requestId, route }, 'request failed');
      outgoing.destroy();
    });
    return RESPONSE_ALREADY_SENT;
  }

  return {
    run: async (endpoint: Endpoint, c: Context) =>
      respond(c, endpoint.operation.path, async (exchange) => {
        const { operation } = endpoint;
        const refused = operation.method === 'all' ? null : refuseQueryKey(exchange);
        if (refused !== null) return refused;
        const made = await endpoint.run(services, exchange, c.req.param());
        return isTagged(operation) ? withTag(made, exchange.headerValues('if-none-match')) : made;
      }),
    otherMethod: async (path: string, methods: readonly Method[], c: Context) =>
      respond(c, path, async (exchange) => otherMethod(methods, exchange)),
    /** What the API has no route for: a page, or nothing. */
    otherPath: async (c: Context) => {
      const exchange = exchangeOf(c);
      const page = pages.answer(exchange, c.req.path);
      return respondTo(c, exchange, {
        route: page?.route ?? 'unmatched',
        answerTo: async () => refuseQueryKey(exchange) ?? page?.answer() ?? unknownRoute(exchange),
      });
    },
  };
}

export type Responder = ReturnType<typeof createResponder>;

interface Respond {
  readonly route: string;
  readonly answerTo: AnswerTo;
}

/** For hosts without a response of node's: mounted in an application of another kind. */
function responseOf({ status, headers, body, stream, cookies = [] }: Answer, more: HeaderFields): Response {
  const response = new Response(stream ?? body, { status, headers: Object.assign({}, more, ...headers) as HeaderFields });
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  return response;
}

/** No route of operators takes a key from its query: whoever put one there has to hear that it lies in logs by now. */
function refuseQueryKey({ query, requestId }: Exchange): Answer | null {
  if (query === '' || readCredential({ headerValues: () => [], queries: [query] }).kind !== 'in_query') return null;
  return problem('key_in_query', { detail: QUERY_KEY_HINT, requestId });
}

function otherMethod(methods: readonly Method[], { method, requestId }: Exchange): Answer {
  const names = methods.map((name) => name.toUpperCase());
  if (names.includes('GET')) names.push('HEAD');
  const allow = [...names, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return empty(204, { allow });
  return problem('method_not_allowed', { detail: `This route has ${allow}.`, requestId, headers: { allow } });
}

/** A page says by itself what it may do. */
function hasPolicy(headers: Answer['headers']): boolean {
  return headers.some((part) => 'content-security-policy' in part);
}

/** Proxies hand the headers of what they are answered on to others, and nobody sees these in a browser (ADR 23). */
function isForPrograms(route: string): boolean {
  return route.startsWith('/v1/forward-auth') || route === '/v1/keys/verify';
}

function unknownRoute({ requestId }: Exchange): Answer {
  return problem('route_not_found', {
    detail: 'The service has no such route. Compare the path with the description of the API.',
    requestId,
  });
}

/** Where a fetch request went, as its URL has it: the adapter made that of the Host field. */
function hostOf(url: string): string {
  const start = url.indexOf('//') + 2;
  const end = url.indexOf('/', start);
  return url.slice(start, end < 0 ? undefined : end);
}

function nodePeer(_request: Request, env: unknown): string | undefined {
  return nodeIncoming(env)?.socket.remoteAddress;
}
