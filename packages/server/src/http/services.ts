import type { Clock, Latchkey } from 'latchkey';
import type { RequestLog } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { AdminKeyAttempts } from './admin-key-attempts.js';
import type { ClientAddresses } from './client-address.js';
import type { HeaderValues } from './incoming-request.js';

/** What the routes work with: the parts of one app. */
export interface Services {
  readonly latchkey: Latchkey;
  /** SHA-256 of the admin key; null where none is configured. */
  readonly adminKeyDigest: Buffer | null;
  readonly attempts: AdminKeyAttempts;
  readonly addresses: ClientAddresses;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly allowQueryKey: boolean;
  readonly bodyLimit: number;
  readonly log: RequestLog;
  readonly metrics: Metrics;
  /** Whether the service is going away: it still answers, but should be sent nothing new. */
  isDraining(): boolean;
}

/** One request, as every route sees it. */
export interface Exchange {
  readonly request: Request;
  readonly requestId: string;
  /** The client's address, as far as proxies are trusted. */
  readonly address: string | undefined;
  readonly headerValues: HeaderValues;
  /** The request's query, without its question mark. */
  readonly query: string;
  /** For the log: the key that the request was made with or about. */
  keyId: string | null;
}
