import { ServerResponse } from 'node:http';

/** What of node's own request object is of use: the headers as they came, before anybody joined or dropped any. */
export interface NodeIncoming {
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined; readonly destroyed?: boolean };
}

/** Node's own response, where it came with the request: then the answer need not be made into one of fetch. */
export function nodeOutgoing(env: unknown): ServerResponse | undefined {
  if (nodeIncoming(env) === undefined) return undefined;
  const { outgoing } = env as { readonly outgoing?: unknown };
  return outgoing instanceof ServerResponse ? outgoing : undefined;
}

/** The bindings that @hono/node-server passes with a request; other runtimes pass none, or something else. */
export function nodeIncoming(env: unknown): NodeIncoming | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined;
  const { incoming } = env;
  const isNode = typeof incoming === 'object' && incoming !== null && 'rawHeaders' in incoming && 'socket' in incoming;
  return isNode ? (incoming as NodeIncoming) : undefined;
}
