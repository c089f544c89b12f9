/**
 * The contract: each call, each error and each setting is declared once.
 *
 * contract/ owns the addresses of the calls, the shapes of what they take and give, and how an input is judged by its shape. Its rooms own
 * the calls (`calls/`), the errors (`errors/`), the settings (`settings/`), and the generated types of the calls (`types/`).
 */
export { CONTRACT } from './calls/index.js';

export { ADDRESSES, KEY_SEARCH, parametersOf, type Address } from './addresses.js';
export type { Call } from './call.js';
export { judge, parseInput, readInput, type Refuse, type Rules } from './read.js';
export { aboutOf, mayLack, unwrapped, type About, type CommandOption, type Part } from './shape.js';
