import type { ServiceSetting } from 'latchkey/client';
import type { Metrics } from '../../telemetry/metrics.js';
import type { AuthenticationServices } from '../authentication/services.js';
import type { PortalSettings } from '../pages/page-policy.js';

/** The parts of one app: what the routes work with. */
export interface Services extends AuthenticationServices {
  readonly allowQueryKey: boolean;
  readonly bodyLimit: number;
  readonly metrics: Metrics;
  readonly about: AboutService;
  readonly portal: PortalSettings;
  /** Returns true while the service shuts down: it still answers, but should receive no new requests. */
  isDraining(): boolean;
}

/** The setup of a service, beside that of its engine. */
export interface AboutService {
  readonly version: string;
  readonly node: string;
  readonly database: { readonly kind: string };
  readonly limiter: { readonly kind: string };
  readonly settings: readonly ServiceSetting[];
}
