/** Owns the change log as operators see it. */
export { LogSection } from './log-section.js';
export { readLogSearch } from './search.js';
