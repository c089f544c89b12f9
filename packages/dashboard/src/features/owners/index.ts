/** Owns the owners as operators see them: what all keys of one share, and the way into the portal. */
export { readOwnersSearch } from './search.js';
