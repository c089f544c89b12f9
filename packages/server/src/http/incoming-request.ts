import type { RequestView } from 'latchkey/edge';

/** What of node's own request object is of use: the headers as they came, before anybody joined or dropped any. */
export interface NodeIncoming {
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** A request's headers, by name, as often as they were sent. */
export type HeaderValues = RequestView['headerValues'];

/** Reads from node's raw headers where there are any: node keeps the first Authorization header and drops the others. */
export function createHeaderValues(request: Request, incoming: NodeIncoming | undefined): HeaderValues {
  if (incoming === undefined) {
    return (name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [value];
    };
  }
  const { rawHeaders } = incoming;
  return (name) => {
    const values: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const raw = rawHeaders[i];
      if (raw?.length === name.length && raw.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
    }
    return values;
  };
}

/** The bindings that @hono/node-server passes with a request; other runtimes pass none, or something else. */
export function nodeIncoming(env: unknown): NodeIncoming | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined;
  const { incoming } = env;
  const isNode = typeof incoming === 'object' && incoming !== null && 'rawHeaders' in incoming && 'socket' in incoming;
  return isNode ? (incoming as NodeIncoming) : undefined;
}

/** The query, without its question mark. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  if (start < 0) return '';
  const end = url.indexOf('#', start);
  return end < 0 ? url.slice(start + 1) : url.slice(start + 1, end);
}
