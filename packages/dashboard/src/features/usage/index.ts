/** Owns how requests are shown by what became of them, over a span that is chosen: of all keys, of one, or of an owner's. */
export { OutcomeSection } from './outcome-section.js';
