/** Whether what was seen is what a document shows, where `…` in the document stands for anything. */

export interface Mismatch {
  /** Of the shown lines, counted from 0, the first that nothing fits; past the last one where too much was seen. */
  readonly shownLine: number;
  readonly expected: string;
  readonly seen: string;
}

const END = '(no more output)';

/**
 * Compares line by line. Within a line `…` matches any run of characters; a line `…` matches any number of lines. What
 * stands at the end of a line or of the whole and cannot be seen, does not count. Null where all of it matches.
 */
export function findMismatch(shown: string, output: string): Mismatch | null {
  const expected = linesOf(shown);
  const seen = linesOf(output);
  const matchers = expected.map(matcherOf);
  // The places in what was seen where the shown lines so far can end; all are followed at once.
  let places = new Set([0]);
  for (const [index, matches] of matchers.entries()) {
    const reached = new Set<number>();
    for (const place of places) {
      if (matches === null) for (let end = place; end <= seen.length; end++) reached.add(end);
      else if (place < seen.length && matches.test(seen[place] ?? '')) reached.add(place + 1);
    }
    if (reached.size === 0) return { shownLine: index, expected: expected[index] ?? '', seen: seen[Math.min(...places)] ?? END };
    places = reached;
  }
  if (places.has(seen.length)) return null;
  return { shownLine: expected.length, expected: END, seen: seen[Math.max(...places)] ?? END };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Null for the line that matches any number of lines. */
function matcherOf(line: string): RegExp | null {
  if (line.trim() === '…') return null;
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*?')}$`, 'u');
}
