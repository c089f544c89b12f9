/**
 * Scopes: what a key may do, as `resource:action` with 2 to 4 segments; `*` stands for one whole segment.
 *
 * A scope grants another with the same number of segments, each of which is equal or `*` in the granted one.
 * Nothing else grants anything: no prefixes, no case folding, no implied rights.
 */
import { BOUNDS } from './bounds.js';

const { min: SEGMENTS_MIN, max: SEGMENTS_MAX } = BOUNDS.scopeSegments;
const SEGMENT_LENGTH_MAX = BOUNDS.scopeSegmentLength;

/** For messages: what a scope looks like. */
export const SCOPE_FORMAT =
  '2 to 4 segments joined by ":", such as "articles:read" or "articles:*"; each is "*", or up to 64 lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit';

const NONE: readonly string[] = Object.freeze([]);

const COLON = 58;
const STAR = 42;

/** Whether `text` is a scope, with or without `*`. Linear, and allocates nothing. */
export function isScope(text: string): boolean {
  const { length } = text;
  let segments = 1;
  let start = 0;
  for (let i = 0; i <= length; i++) {
    const code = i === length ? COLON : text.charCodeAt(i);
    if (code === COLON) {
      if (i === start || i - start > SEGMENT_LENGTH_MAX) return false;
      if (i < length && ++segments > SEGMENTS_MAX) return false;
      start = i + 1;
    } else if (code === STAR ? !isWholeSegment(text, start, i) : !isSegmentCharacter(code, i === start)) {
      return false;
    }
  }
  return segments >= SEGMENTS_MIN;
}

/** Whether one of the granted scopes grants the required one. What is no scope is never granted, and grants nothing. */
export function grants(granted: readonly string[], required: string): boolean {
  if (!isScope(required)) return false;
  for (const scope of granted) {
    if (scope === required || matches(scope, required)) return true;
  }
  return false;
}

/** Those of the required scopes that are not granted, in order; a shared empty list where none is lacking. */
export function missingScopes(granted: readonly string[], required: readonly string[]): readonly string[] {
  let missing: string[] | null = null;
  for (const scope of required) {
    if (!grants(granted, scope)) (missing ??= []).push(scope);
  }
  return missing ?? NONE;
}

/** Returns whether at least one of the required scopes is granted. */
export function grantsAny(granted: readonly string[], required: readonly string[]): boolean {
  return required.some((scope) => grants(granted, scope));
}

/** Returns what the granted scopes lack of those that are asked for, as a refusal tells it; no field where they lack nothing. */
export function lackingScopes(
  granted: readonly string[],
  { scopes = NONE, anyScope }: { readonly scopes?: readonly string[] | undefined; readonly anyScope?: readonly string[] | undefined },
): { readonly missingScopes?: readonly string[]; readonly missingAnyScope?: readonly string[] } {
  const missing = missingScopes(granted, scopes);
  return {
    ...(missing.length > 0 && { missingScopes: missing }),
    ...(anyScope !== undefined && !grantsAny(granted, anyScope) && { missingAnyScope: anyScope }),
  };
}

/** Whether a scope is one of the known ones, or covers one of them. */
export function isKnownScope(known: readonly string[], scope: string): boolean {
  const held = [scope];
  return known.some((each) => grants(held, each));
}

/** For messages, to follow a place: which scopes there are. */
export function knownScopesFormat(known: readonly string[]): string {
  return `one of the scopes that there are (${known.join(', ')}), or one of them with "*" in place of segments`;
}

function isWholeSegment(text: string, start: number, star: number): boolean {
  return star === start && (star + 1 === text.length || text.charCodeAt(star + 1) === COLON);
}

function isSegmentCharacter(code: number, first: boolean): boolean {
  if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) return true;
  return !first && (code === 45 || code === 46 || code === 95);
}

/** Compares segment by segment. `required` is known to be a scope, so a granted text that is none matches nothing. */
function matches(granted: string, required: string): boolean {
  let g = 0;
  let r = 0;
  for (;;) {
    if (granted.charCodeAt(g) === STAR && isWholeSegment(granted, g, g)) {
      g += 1;
      while (r < required.length && required.charCodeAt(r) !== COLON) r += 1;
    } else {
      while (g < granted.length && granted.charCodeAt(g) !== COLON) {
        if (granted.charCodeAt(g) !== required.charCodeAt(r)) return false;
        g += 1;
        r += 1;
      }
      if (r < required.length && required.charCodeAt(r) !== COLON) return false;
    }
    if (g === granted.length || r === required.length) return g === granted.length && r === required.length;
    g += 1;
    r += 1;
  }
}
