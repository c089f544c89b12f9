import type { CallerAddress, HeaderValues } from 'latchkey/edge';

/**
 * One request, as every route sees it, whichever way it came.
 *
 * http/exchange/ owns what a request and an answer are: reading the one, and writing the other as JSON, problems and codings.
 */
export interface Exchange {
  readonly method: string;
  readonly requestId: string;
  /** The client's address, as far as proxies are trusted; null where it cannot be read, undefined where there is no connection. */
  readonly address: CallerAddress;
  readonly headerValues: HeaderValues;
  /** The address at the other end of the connection: of a proxy, where one stands between. */
  readonly peer: string | undefined;
  /** Whom the request was sent to, with the port where it is not the usual one. */
  readonly host: string;
  /** Whether it came over TLS to this process itself. */
  readonly encrypted: boolean;
  /** Header fields, as often as they were sent. */
  readonly fieldCount: number;
  /** Returns whether the client has gone away: then nobody receives the answer. */
  readonly isAbandoned: () => boolean;
  /** Returns a signal that fires when the client goes away before it has the answer. */
  readonly untilAbandoned: () => AbortSignal;
  /** The request's query, without its question mark. */
  readonly query: string;
  /** The body, or null where it is longer than `limit`. May be read once; rejects where the client went away. */
  readonly readBytes: (limit: number) => Promise<Uint8Array | null>;
  /** For the log: the key that the request was made with or about. */
  keyId: string | null;
}
