/** Owns the keys as operators see them: the list, one key, and what is done to it. Other features lead here by address. */
export { readKeyPageSearch, readKeysSearch, readNewKeySearch } from './search.js';
