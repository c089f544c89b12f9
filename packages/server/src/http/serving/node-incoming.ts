import { ServerResponse } from 'node:http';

/** What of node's own request object is of use: the headers as they came, before anybody joined or dropped any. */
export interface NodeIncoming {
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined; readonly destroyed?: boolean };
}

/** What a server of ours adds to the bindings: nobody but the app answers on this connection. */
export const OWN_SERVER = Symbol('own server');

/** Node's own response, where nobody else may add to it: a host that mounts the app has the answer as one of fetch. */
export function nodeOutgoing(env: unknown): ServerResponse | undefined {
  if (typeof env !== 'object' || env === null || !(OWN_SERVER in env) || !('outgoing' in env)) return undefined;
  return env.outgoing instanceof ServerResponse ? env.outgoing : undefined;
}

/** The bindings that @hono/node-server passes with a request; other runtimes pass none, or something else. */
export function nodeIncoming(env: unknown): NodeIncoming | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined;
  const { incoming } = env;
  const isNode = typeof incoming === 'object' && incoming !== null && 'rawHeaders' in incoming && 'socket' in incoming;
  return isNode ? (incoming as NodeIncoming) : undefined;
}

/** Returns a signal that fires when node's response closes before it was written; undefined without such a response. */
export function untilClosed(env: unknown): AbortSignal | undefined {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return undefined;
  const { outgoing } = env;
  if (!(outgoing instanceof ServerResponse)) return undefined;
  const closed = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) closed.abort();
  });
  return closed.signal;
}
