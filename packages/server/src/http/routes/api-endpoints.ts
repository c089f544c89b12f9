/**
 * http/routes/ owns what can be asked, each route beside those of its subject: verification/ judges the keys of callers,
 * management/ changes and shows keys and what belongs to them, sign-in/ begins and ends sessions of operators, self-service/ is
 * for owners, and service/ describes the service itself.
 */
import type { Endpoint } from '../endpoints/endpoint.js';
import { eventEndpoints } from './management/events.js';
import { keyEndpoints } from './management/keys.js';
import { ownerEndpoints } from './management/owners.js';
import { tierEndpoints } from './management/tiers.js';
import { usageEndpoints } from './management/usage.js';
import { ownKeyEndpoints } from './self-service/me.js';
import { portalEndpoints } from './self-service/portal.js';
import { healthEndpoints } from './service/operations.js';
import { setupEndpoints } from './service/setup.js';
import { oidcEndpoints } from './sign-in/oidc.js';
import { sessionEndpoints } from './sign-in/session.js';
import { forwardAuthEndpoints } from './verification/forward-auth.js';
import { verifyEndpoints } from './verification/verify.js';

/** The endpoints that every app has and describes, in the order of the OpenAPI document. */
export const apiEndpoints: readonly Endpoint[] = [
  ...verifyEndpoints,
  ...forwardAuthEndpoints,
  ...keyEndpoints,
  ...ownerEndpoints,
  ...tierEndpoints,
  ...eventEndpoints,
  ...usageEndpoints,
  ...setupEndpoints,
  ...sessionEndpoints,
  ...oidcEndpoints,
  ...portalEndpoints,
  ...ownKeyEndpoints,
  ...healthEndpoints,
];
