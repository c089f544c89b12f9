/** What a guide asks its reader to do, in order: read from its Markdown. */

export type StepKind =
  /** Lines for the reader's own shell. */
  | 'shell'
  /** Lines for the first terminal, where the service runs. */
  | 'first-terminal'
  /** A key pressed in the first terminal. */
  | 'key';

export interface Step {
  readonly kind: StepKind;
  /** The lines to run, or the name of the key. */
  readonly text: string;
  /** Where it stands in the document, counted from 1. */
  readonly line: number;
  /** The output that the document shows; null where it shows none. */
  readonly expected: { readonly text: string; readonly line: number } | null;
}

interface Fence {
  readonly info: string;
  readonly text: string;
  readonly line: number;
  /** The line after its end. */
  readonly next: number;
}

const KINDS: Readonly<Record<string, StepKind>> = { sh: 'shell', 'sh service': 'first-terminal' };
/** What a terminal is sent for a key. */
export const KEYS: Readonly<Record<string, string>> = { 'Ctrl-C': '\u0003', 'Ctrl-Z': '\u001a' };
const KEY_COMMENT = /^<!-- first terminal: (.*?) -->$/;

/**
 * Every `sh` block is a step for the reader's shell, every `sh service` block one for the first terminal, and
 * so is every comment `<!-- first terminal: Ctrl-C -->`. A `text` block that follows, with nothing but blank
 * lines between, is the output to expect. Throws for a block of `sh` or a key that is marked in any other way: it
 * would not be run, and nobody would notice.
 */
export function parseGuide(markdown: string): readonly Step[] {
  const lines = markdown.split('\n');
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at++) {
    const key = KEY_COMMENT.exec(lines[at] ?? '')?.[1];
    if (key !== undefined && !Object.hasOwn(KEYS, key))
      throw new Error(`Line ${at + 1}: use one of ${Object.keys(KEYS).join(', ')}, not "${key}".`);
    const fence = key === undefined ? fenceAt(lines, at) : null;
    if (key === undefined && fence === null) continue;
    const after = fence?.next ?? at + 1;
    const kind = key === undefined ? kindOf(fence) : 'key';
    at = after - 1;
    if (kind === null) continue;
    const shown = outputAfter(lines, after);
    const text = key ?? fence?.text ?? '';
    steps.push({ kind, text, line: fence?.line ?? after, expected: shown === null ? null : { text: shown.text, line: shown.line } });
  }
  return steps;
}

function kindOf(fence: Fence | null): StepKind | null {
  if (fence === null || !/^sh\b/.test(fence.info)) return null;
  const kind = KINDS[fence.info];
  if (kind === undefined) throw new Error(`Line ${fence.line - 1}: use "sh" or "sh service", not "${fence.info}".`);
  return kind;
}

function outputAfter(lines: readonly string[], start: number): Fence | null {
  let at = start;
  while (lines[at]?.trim() === '') at++;
  const fence = fenceAt(lines, at);
  return fence?.info === 'text' ? fence : null;
}

function fenceAt(lines: readonly string[], at: number): Fence | null {
  const [, marks, info] = /^(`{3,})(.*)$/.exec(lines[at] ?? '') ?? [];
  if (marks === undefined || info === undefined) return null;
  const end = lines.indexOf(marks, at + 1);
  if (end < 0) throw new Error(`Line ${at + 1}: this block has no end.`);
  return { info: info.trim(), text: lines.slice(at + 1, end).join('\n'), line: at + 2, next: end + 1 };
}
