import type { Clock, Latchkey, SelfService } from 'latchkey';
import type { JwtVerifier } from 'latchkey/jwt';
import type { RequestLog } from '../../telemetry/logger.js';
import type { ClientAddresses } from '../exchange/client-address.js';
import type { AdminKeyAttempts } from './admin-key-attempts.js';
import type { AdminKey } from './admin-key.js';
import type { OidcIssuer } from './oidc/oidc-issuer.js';
import type { OidcOptions } from './oidc/oidc-options.js';

/** The parts of an app that authentication works with. */
export interface AuthenticationServices {
  readonly latchkey: Latchkey;
  /** Null where none is configured. */
  readonly adminKey: AdminKey | null;
  readonly attempts: AdminKeyAttempts;
  readonly addresses: ClientAddresses;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  /** Null where it is not configured. */
  readonly selfService: SelfServiceParts | null;
  readonly log: RequestLog;
  /** The public URL from the configuration; null to take it from each request. */
  readonly publicUrl: PublicUrl | null;
  /** Null where no issuer is configured. */
  readonly oidc: OidcParts | null;
}

/** The parts of self-service; `jwt` is null if owners sign in only by portal sessions. */
export interface SelfServiceParts {
  readonly keys: SelfService;
  readonly jwt: JwtVerifier | null;
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
