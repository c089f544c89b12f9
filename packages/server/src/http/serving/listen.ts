/**
 * An app on a socket.
 *
 * http/serving/ owns how an exchange travels: sockets and their bounds, the ordinary way from a request to its response, and the
 * fast lane beside it. It decides no answer.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ConfigurationError } from 'latchkey';
import { optionProblems } from 'latchkey/internal';
import { watchConnections, type Connections } from './connections.js';
import type { FastLane } from './fast-lane.js';
import { OWN_SERVER } from './node-incoming.js';

/** An app, as a server needs it. */
export interface ServedApp {
  /** `env` is what @hono/node-server passes: then repeated headers and the peer's address are seen. */
  fetch(request: Request, env?: unknown): Promise<Response>;
  /**
   * Answers a request of node's own, if it is for one of the two hot routes and nothing about it is unusual, as `fetch`
   * would, at a fraction of the cost. False: it was not touched, and belongs to `fetch`.
   */
  readonly fastLane: FastLane;
  /** From now on `/readyz` says 503, so that nothing new is sent here. Everything is still answered. */
  drain(): void;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** All headers of a request together, in bytes; by default 16 KiB. */
  readonly maxHeaderBytes?: number | undefined;
  /** For the headers of a request to arrive; by default 10 s. */
  readonly headersTimeoutMs?: number | undefined;
  /** For a whole request to arrive; by default 30 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long a connection may wait for its next request; by default 65 s, longer than proxies keep theirs. */
  readonly keepAliveMs?: number | undefined;
  /** All connections together; by default 10 000. Those beyond are closed as they come. */
  readonly maxConnections?: number | undefined;
  /** How long an answer may make no progress before its connection is ended; by default 30 s. */
  readonly stuckMs?: number | undefined;
}

export interface RunningService {
  /** Where it listens, with the port that it really has. */
  readonly url: string;
  /**
   * Stops accepting, finishes what is under way and resolves. What is not finished after `withinMs` (by default
   * 10 s) is cut off. Safe to call twice.
   */
  close(withinMs?: number): Promise<void>;
}

const OPTIONS: Readonly<Record<keyof ServeOptions, true>> = {
  host: true,
  port: true,
  maxHeaderBytes: true,
  headersTimeoutMs: true,
  requestTimeoutMs: true,
  keepAliveMs: true,
  maxConnections: true,
  stuckMs: true,
};

/**
 * Puts an app on a socket. Rejects with a ConfigurationError for an option that does not exist, and with node's own error where it
 * cannot listen (the port is taken).
 */
export async function serveApp(app: ServedApp, options: ServeOptions): Promise<RunningService> {
  const problems = optionProblems(options, OPTIONS);
  if (problems.length > 0) throw new ConfigurationError(problems);
  // A request of HTTP/1.0 may come without a host.
  const listener = getRequestListener((request, env) => app.fetch(request, { ...env, [OWN_SERVER]: true }), {
    overrideGlobalObjects: false,
    hostname: 'localhost',
  });
  const server = createServer(
    {
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      requestTimeout: options.requestTimeoutMs ?? 30_000,
      keepAliveTimeout: options.keepAliveMs ?? 65_000,
      connectionsCheckingInterval: 1_000,
    },
    (incoming, outgoing) => {
      if (!connections.admit(incoming, outgoing)) return;
      incoming.url = keepBelowForwardAuth(incoming.url);
      if (!app.fastLane(incoming, outgoing)) void listener(incoming, outgoing);
    },
  );
  // Node would drop the fields beyond about a thousand without a word: what is too many, the app refuses by itself.
  server.maxHeadersCount = 0;
  const connections = watchConnections(server, { maxConnections: options.maxConnections ?? 10_000, stuckMs: options.stuckMs ?? 30_000 });
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  let closing: Promise<void> | null = null;
  return {
    url: `http://${host}:${port}`,
    close(withinMs = 10_000) {
      app.drain();
      return (closing ??= shutDown(server, connections, withinMs));
    },
  };
}

const BELOW_FORWARD_AUTH = '/v1/forward-auth/';

/**
 * A proxy appends the path that its caller asked for. URL parsers resolve dot segments, `%2e%2e` too, and would let
 * the caller choose which route answers; so of such a target the path is dropped here, before anybody parses it.
 */
function keepBelowForwardAuth(target = ''): string {
  if (!target.startsWith(BELOW_FORWARD_AUTH)) return target;
  const query = target.indexOf('?');
  if (target.length === BELOW_FORWARD_AUTH.length || query === BELOW_FORWARD_AUTH.length) return target;
  return `${BELOW_FORWARD_AUTH}original${query === -1 ? '' : target.slice(query)}`;
}

function listening(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A connection that is kept alive would hold the door open: those without a request are closed as they fall idle. */
function shutDown(server: Server, connections: Connections, withinMs: number): Promise<void> {
  const closeIdle = (): void => {
    server.closeIdleConnections();
    connections.endUnused();
  };
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), withinMs);
    const sweep = setInterval(closeIdle, 50);
    server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      response.setHeader('connection', 'close');
    });
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      resolve();
    });
    closeIdle();
  });
}
