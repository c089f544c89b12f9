import { rawHeaderValues, type HeaderValues } from '../edge/index.js';

/** What is looked at of a request of Node's, whatever framework wraps it. */
interface NodeRequest {
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Every value of a header, as often as it was sent: of headers that are repeated, Node's own record keeps but the
 * first or joins them. Hosts without a socket (adapters of serverless platforms) fill the record alone; Node makes it when
 * it is first read, so that it is left alone where it is not needed.
 */
export function nodeHeaderValues(request: NodeRequest): HeaderValues {
  const { rawHeaders } = request;
  return rawHeaders.length === 0 ? (name) => [request.headers[name] ?? []].flat() : rawHeaderValues(rawHeaders);
}
