/**
 * The two hot routes, straight from node's own request to its response, without the objects of fetch and the
 * router's. It decides nothing: the same endpoints answer here as on the ordinary way, with the same exchange, and
 * so the same answers. It takes only what is plain; whatever is unusual about a request it leaves untouched.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rawHeaderValues } from 'latchkey/edge';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { Services } from '../endpoints/services.js';
import type { Answerer } from '../exchange/answer-exchange.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Arrival } from '../exchange/open-exchange.js';
import { readIncomingBytes } from '../exchange/read-body.js';
import { askWithSettings } from '../routes/verification/forward-auth.js';
import { verifyKey } from '../routes/verification/verify.js';
import { writeAnswer } from './write-answer.js';

/** Whether the request was taken, and will be answered. False: nothing was read of it, and nothing written. */
export type FastLane = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

export interface FastLaneParts {
  readonly services: Services;
  readonly open: (arrival: Arrival) => Exchange;
  readonly answer: Answerer;
}

interface HotRequest {
  readonly endpoint: Endpoint;
  readonly query: string;
}

export function createFastLane({ services, open, answer }: FastLaneParts): FastLane {
  const exchangeOf = (incoming: IncomingMessage, query: string): Exchange =>
    open({
      method: incoming.method ?? '',
      query,
      headerValues: rawHeaderValues(incoming.rawHeaders),
      peer: incoming.socket.remoteAddress,
      host: incoming.headers.host ?? '',
      encrypted: false,
      fieldCount: incoming.rawHeaders.length / 2,
      isAbandoned: () => incoming.socket.destroyed,
      // Nothing here reads for long enough to be ended.
      untilAbandoned: () => new AbortController().signal,
      // No longer than the limit: hotRequest has seen its length, and node holds the client to it.
      readBytes: () => readIncomingBytes(incoming, Number(incoming.headers['content-length'])),
    });

  async function respond(exchange: Exchange, endpoint: Endpoint, outgoing: ServerResponse): Promise<void> {
    const route = endpoint.operation.path;
    const given = await answer(exchange, route, (asked) => endpoint.run(services, asked, NO_PARAMS));
    try {
      await writeAnswer(outgoing, given, { 'x-content-type-options': 'nosniff', 'x-request-id': exchange.requestId });
    } catch (error) {
      services.log.error({ err: error, requestId: exchange.requestId, route }, 'request failed');
      outgoing.destroy();
    }
  }

  return (incoming, outgoing) => {
    const hot = hotRequest(incoming, services.bodyLimit);
    if (hot !== null) void respond(exchangeOf(incoming, hot.query), hot.endpoint, outgoing);
    return hot !== null;
  };
}

const NO_PARAMS = {};
const FORWARD_AUTH = askWithSettings.operation.path;
const VERIFY = verifyKey.operation.path;
const VERIFY_REQUEST: HotRequest = { endpoint: verifyKey, query: '' };
const FORWARD_AUTH_REQUEST: HotRequest = { endpoint: askWithSettings, query: '' };

/** A host in which nobody sees anything but a name and, maybe, a port. Others may be refused on the ordinary way. */
const PLAIN_HOST = /^[a-z0-9._-]+(?::[1-9]\d{3})?$/;
/** A query that URL parsers leave as it is. */
const PLAIN_QUERY = /^[A-Za-z0-9._~:=&*+-]*$/;
const PLAIN_LENGTH = /^[1-9]\d{0,8}$/;

function hotRequest({ method, url = '', headers }: IncomingMessage, bodyLimit: number): HotRequest | null {
  if (headers['transfer-encoding'] !== undefined || !PLAIN_HOST.test(headers.host ?? '')) return null;
  const length = headers['content-length'];
  if (method === 'POST') {
    const isBounded = length !== undefined && PLAIN_LENGTH.test(length) && Number(length) <= bodyLimit;
    return url === VERIFY && isBounded ? VERIFY_REQUEST : null;
  }
  if (method !== 'GET' || length !== undefined || !url.startsWith(FORWARD_AUTH)) return null;
  if (url.length === FORWARD_AUTH.length) return FORWARD_AUTH_REQUEST;
  const query = url.slice(FORWARD_AUTH.length + 1);
  return url[FORWARD_AUTH.length] === '?' && PLAIN_QUERY.test(query) ? { endpoint: askWithSettings, query } : null;
}
