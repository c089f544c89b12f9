import type { Clock, Latchkey, SelfService } from 'latchkey';
import type { ServiceSetting } from 'latchkey/client';
import type { CallerAddress } from 'latchkey/edge';
import type { JwtVerifier } from 'latchkey/jwt';
import type { RequestLog } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { AdminKeyAttempts } from '../authentication/admin-key-attempts.js';
import type { AdminKey } from '../authentication/admin-key.js';
import type { ClientAddresses } from '../exchange/client-address.js';
import type { OidcIssuer } from '../authentication/oidc/oidc-issuer.js';
import type { OidcOptions } from '../authentication/oidc/oidc-options.js';
import type { HeaderValues } from '../exchange/header-values.js';

/** What the routes work with: the parts of one app. */
export interface Services {
  readonly latchkey: Latchkey;
  /** Null where none is configured. */
  readonly adminKey: AdminKey | null;
  readonly attempts: AdminKeyAttempts;
  readonly addresses: ClientAddresses;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  /** Null where it is not configured. */
  readonly selfService: SelfServiceParts | null;
  readonly allowQueryKey: boolean;
  readonly bodyLimit: number;
  readonly log: RequestLog;
  readonly metrics: Metrics;
  readonly about: AboutService;
  /** Where users reach this service, as its configuration says; null: as each request has it. */
  readonly publicUrl: PublicUrl | null;
  readonly portal: PortalSettings;
  /** Null where no issuer is configured. */
  readonly oidc: OidcParts | null;
  /** Whether the service is going away: it still answers, but should be sent nothing new. */
  isDraining(): boolean;
}

/** What owners may do with their own keys, and how they sign in; `jwt` is null where that is by portal sessions alone. */
export interface SelfServiceParts {
  readonly keys: SelfService;
  readonly jwt: JwtVerifier | null;
}

/** How the pages for people present themselves, and who may frame the portal. */
export interface PortalSettings {
  readonly branding: { readonly name: string; readonly logoUrl: string | null; readonly color: string | null } | null;
  /** Origins; empty: nobody. */
  readonly frameAncestors: readonly string[];
}

/** The issuer through which operators may sign in, and who of them may. */
export interface OidcParts {
  readonly issuer: OidcIssuer;
  readonly options: OidcOptions;
}

/** The address of a service without a slash at its end, and its origin. */
export interface PublicUrl {
  readonly url: string;
  readonly origin: string;
}

/** What a service says of how it is set up, beside what its engine says. */
export interface AboutService {
  readonly version: string;
  readonly node: string;
  readonly database: { readonly kind: string };
  readonly limiter: { readonly kind: string };
  readonly settings: readonly ServiceSetting[];
}

/** One request, as every route sees it, whichever way it came. */
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
