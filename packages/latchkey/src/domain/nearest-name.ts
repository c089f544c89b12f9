import { containsToken } from './token.js';

/**
 * Returns the known name that is nearest to `name`, or null when none is near: more than `within` edits away, by default 2, or a
 * quarter of a long name. An edit inserts, removes or replaces a letter, or swaps two neighbours (optimal string alignment, the
 * restricted distance of Damerau 1964).
 */
export function nearestName(
  name: string,
  known: readonly string[],
  within: number = Math.max(2, Math.floor(name.length / 4)),
): string | null {
  let best: string | null = null;
  // A name that is much longer than every known one is nobody's misspelling, and measuring it would cost its length squared.
  if (name.length > 64) return null;
  let bestDistance = within + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/** Returns false for a name that must not be repeated: a token may have been put in its place. */
export function isTellable(name: string): boolean {
  return name.length <= 200 && !containsToken(name);
}

/** More fields than this are not listed: a request may be refused for many of them at once. */
const LISTED_MAX = 8;

/** Returns what to say of a name that does not exist: the nearest one that does, or all of them where they are few. */
export function unknownName(kind: 'field' | 'option', name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== null) return `No such ${kind}; did you mean "${nearest}"?`;
  if (known.length === 0) return `No such ${kind}: this takes none.`;
  return kind === 'field' && known.length > LISTED_MAX ? `No such ${kind}.` : `No such ${kind}; use ${known.join(', ')}.`;
}
