/** Owns the change log as operators see it. */
export { EventsTable } from './events-table.js';
export { readLogSearch } from './search.js';
