/** Owns the owners' portal: their own keys, within what the operator lets them choose. */
export { PortalPage } from './portal-page.js';
