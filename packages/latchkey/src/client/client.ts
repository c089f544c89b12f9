/** What a client offers: the calls of `Latchkey`, with a token in clear text where one is made. */
import type { EventView } from '../domain/event.js';
import type { Names } from '../domain/names.js';
import type { BatchQuestion, Verifier, VerifyRequest } from '../ports/verifier.js';
import type { Token } from '../domain/token.js';
import type { Verdict } from '../domain/verdict.js';
import type { RemoteOptions, RequestOptions } from '../contract/call-options.js';
import type { EventCalls } from '../contract/types/events.js';
import type { EventFilters } from '../engine/api/index.js';
import type { KeyCalls } from '../contract/types/keys.js';
import type { OwnerCalls } from '../contract/types/owners.js';
import type { ServiceCalls } from '../contract/types/service.js';
import type { TierCalls } from '../contract/types/tiers.js';
import type { UsageCalls } from '../contract/types/usage.js';
import type { ClientMe, ClientPortal, ClientSessions } from './sessions.js';

/**
 * Every call rejects with an error of `domain/errors.ts`: what the service refused, as it would have been
 * thrown in process, or an UnavailableError (dependency `service`) where no usable answer came.
 */
export interface Client<N extends Names = Names> extends Verifier<N>, ServiceCalls<RemoteOptions> {
  /**
   * Every outcome is a verdict. A verification charges limits and credits, so one that may have reached the service is never
   * repeated by itself: where the connection is lost before the answer, the call rejects with an UnavailableError, and whether
   * it was charged is not known. It is made once more where the connection was refused, and for a dry run, which charges nothing.
   */
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>, options?: RequestOptions): Promise<Verdict>;
  /**
   * Up to 100 verifications in one request, one after the other; the verdicts are in the order of the questions. Rejects with an
   * InvalidInputError where one of them is wrong: those before it have been charged. Never answered from a cache.
   */
  verifyBatch(questions: readonly BatchQuestion<N>[], options?: RequestOptions): Promise<readonly Verdict[]>;
  readonly keys: KeyCalls<N, RemoteOptions>;
  readonly owners: OwnerCalls<RemoteOptions>;
  readonly tiers: TierCalls<N, RemoteOptions>;
  /**
   * `verify` is one request: the check of the whole log may take five minutes, whatever time the client gives other calls. To follow
   * it, ask with a `limit`, and continue `after` the head of each report.
   */
  readonly events: ClientEvents;
  readonly usage: UsageCalls<RemoteOptions>;
  /** Resolves when the service can do its work; rejects with an UnavailableError while it cannot. */
  ready(options?: RequestOptions): Promise<void>;
  /** Without `adminKey` and `token`, a browser's client acts by the session in its cookies. */
  readonly sessions: ClientSessions;
  readonly portal: ClientPortal;
  readonly me: ClientMe;
}

export type { BatchQuestion };

export interface ClientEvents extends EventCalls<RemoteOptions> {
  /** Iterates over every entry that the filters admit, the oldest first; the next page is asked for when the loop comes to it. */
  walk(query?: EventFilters, options?: RequestOptions): AsyncIterable<EventView>;
  /** Where the log is to be downloaded, oldest first: JSON lines as `latchkey events --verify` takes them, or CSV. */
  exportUrl(format: 'jsonl' | 'csv', query?: EventFilters): string;
}
