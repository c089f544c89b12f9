/**
 * Self-service over HTTP, to be mounted in the host's own application: a fetch handler by which owners manage their keys.
 *
 * Owns the routes, the protection against requests that other sites make in a user's browser, and the answers. Owns no
 * rule of what an owner may do: that is the engine's (`latchkey.selfService`). Who asks, the host says.
 */
export { createSelfServiceHandler, type SelfServiceHandler, type SelfServiceHandlerOptions } from './create-self-service-handler.js';
export type { OwnKeyView, Principal, SelfServicePolicy } from '../engine/api/index.js';
