import type { Clock, Latchkey, SelfService } from 'latchkey';
import type { JwtVerifier } from 'latchkey/jwt';
import type { RequestLog } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { AdminKeyAttempts } from './admin-key-attempts.js';
import type { ClientAddresses } from './client-address.js';
import type { HeaderValues } from './header-values.js';

/** What the routes work with: the parts of one app. */
export interface Services {
  readonly latchkey: Latchkey;
  /** Whether this is the admin key; null where none is configured. */
  readonly isAdminKey: ((presented: string) => boolean) | null;
  readonly attempts: AdminKeyAttempts;
  readonly addresses: ClientAddresses;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  /** Null where it is not configured. */
  readonly selfService: { readonly keys: SelfService; readonly jwt: JwtVerifier } | null;
  readonly allowQueryKey: boolean;
  readonly bodyLimit: number;
  readonly log: RequestLog;
  readonly metrics: Metrics;
  readonly about: AboutService;
  /** Whether the service is going away: it still answers, but should be sent nothing new. */
  isDraining(): boolean;
}

/** What a service says of how it is set up, beside what its engine says. */
export interface AboutService {
  readonly version: string;
  readonly node: string;
  readonly database: { readonly kind: string };
  readonly limiter: { readonly kind: string };
  readonly settings: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isDefault: boolean;
    readonly secret: boolean;
    readonly set: boolean;
    readonly description: string;
  }[];
}

/** One request, as every route sees it, whichever way it came. */
export interface Exchange {
  readonly method: string;
  readonly requestId: string;
  /** The client's address, as far as proxies are trusted. */
  readonly address: string | undefined;
  readonly headerValues: HeaderValues;
  /** The request's query, without its question mark. */
  readonly query: string;
  /** The body, or null where it is longer than `limit`. May be read once; rejects where the client went away. */
  readonly readBytes: (limit: number) => Promise<Uint8Array | null>;
  /** For the log: the key that the request was made with or about. */
  keyId: string | null;
}
