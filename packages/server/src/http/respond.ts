import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { empty, type Answer } from './answer.js';
import type { Endpoint, Method } from './endpoint.js';
import { QUERY_KEY_HINT, readCredential } from 'latchkey/edge';
import { createHeaderValues, nodeIncoming, queryOf } from './incoming-request.js';
import { errorProblem, problem } from './problem.js';
import type { Exchange, Services } from './services.js';

type PeerAddress = (request: Request, env: unknown) => string | undefined;

/** Methods that are counted by their name; nobody may fill the figures with names of their own. */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A request id that a trusted proxy may give. A token has an underscore, so none can come this way. */
const REQUEST_ID = /^[0-9A-Za-z.-]{8,64}$/;

/** From a request to its answer, whatever happens in between; then the figures and the log. */
export function createResponder(services: Services, peerAddress: PeerAddress = nodePeer) {
  const { addresses, clock, log, metrics } = services;

  async function respond(c: Context, route: string, answerTo: (exchange: Exchange) => Promise<Answer>): Promise<Response> {
    const startedAt = clock.monotonicMs();
    const exchange = open(c);
    let answer: Answer;
    try {
      answer = await answerTo(exchange);
    } catch (error) {
      answer = errorProblem(error, exchange.requestId);
      if (answer.status >= 500) log.error({ err: error, requestId: exchange.requestId, route }, 'request failed');
    }
    report(exchange, { route, status: answer.status, durationMs: clock.monotonicMs() - startedAt });
    return toResponse(answer, exchange.requestId);
  }

  function open(c: Context): Exchange {
    const request = c.req.raw;
    const peer = peerAddress(request, c.env);
    const headerValues = createHeaderValues(request, nodeIncoming(c.env));
    const [given, ...more] = addresses.isTrusted(peer) ? headerValues('x-request-id') : [];
    const forwardedFor = headerValues('x-forwarded-for');
    return {
      request,
      requestId: given !== undefined && more.length === 0 && REQUEST_ID.test(given) ? given : randomUUID(),
      address: addresses.of({ peer, forwardedFor: forwardedFor.length === 0 ? undefined : forwardedFor.join(',') }),
      headerValues,
      query: queryOf(request.url),
      keyId: null,
    };
  }

  function report({ request, requestId, keyId, address }: Exchange, seen: { route: string; status: number; durationMs: number }): void {
    const method = KNOWN_METHODS.has(request.method) ? request.method : 'other';
    metrics.observe({ ...seen, method });
    const line = { method, ...seen, requestId, keyId, address };
    if (seen.route.startsWith('/v1/')) log.info(line, 'request');
    else log.debug(line, 'request');
  }

  return {
    run: async (endpoint: Endpoint, c: Context) =>
      respond(c, endpoint.operation.path, async (exchange) => {
        const refused = endpoint.operation.method === 'all' ? null : refuseQueryKey(exchange);
        return refused ?? endpoint.run(services, exchange, c.req.param());
      }),
    otherMethod: async (path: string, methods: readonly Method[], c: Context) =>
      respond(c, path, async ({ request, requestId }) => otherMethod(methods, request.method, requestId)),
    unknownRoute: async (c: Context) =>
      respond(
        c,
        'unmatched',
        async (exchange) =>
          refuseQueryKey(exchange) ??
          problem('route_not_found', { detail: 'There is no such route; /openapi.json lists all.', requestId: exchange.requestId }),
      ),
  };
}

/** No route of operators takes a key from its query: whoever put one there has to hear that it lies in logs by now. */
function refuseQueryKey({ query, requestId }: Exchange): Answer | null {
  if (query === '' || readCredential({ headerValues: () => [], queries: [query] }).kind !== 'in_query') return null;
  return problem('key_in_query', { detail: QUERY_KEY_HINT, requestId });
}

function otherMethod(methods: readonly Method[], method: string, requestId: string): Answer {
  const names = methods.map((name) => name.toUpperCase());
  if (names.includes('GET')) names.push('HEAD');
  const allow = [...names, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return empty(204, { allow });
  return problem('method_not_allowed', { detail: `This route has ${allow}.`, requestId, headers: { allow } });
}

function toResponse({ status, headers, body }: Answer, requestId: string): Response {
  return new Response(body, {
    status,
    headers: { ...headers, 'x-content-type-options': 'nosniff', 'x-request-id': requestId },
  });
}

function nodePeer(_request: Request, env: unknown): string | undefined {
  return nodeIncoming(env)?.socket.remoteAddress;
}
