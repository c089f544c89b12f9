/** Owns how limits are written and read by people: of keys, owners and tiers alike. */
export { LimitsEditor } from './limits-editor.js';
export { LimitList } from './limit-list.js';
export { draftOf, inputOf, sameLimits, textOfLimits, type LimitDraft } from './limit-draft.js';
