/** Owns how requests are shown by what became of them, over a span that is chosen: of all keys, of one, of an owner's, of a tier's. */
export { OutcomeSection } from './outcome-section.js';
export { UsageSection } from './usage-section.js';
