/** What a guide asks its reader to do, in order: read from its Markdown. */
import { isMarked } from './blocks.js';

export type StepKind =
  /** Lines for the reader's own shell. */
  | 'shell'
  /** Lines for the first terminal, where the service runs. */
  | 'first-terminal'
  /** A key pressed in the first terminal. */
  | 'key'
  /** A file to write, in place of the one of that name. */
  | 'file';

export interface Step {
  readonly kind: StepKind;
  /** The lines to run, the name of the key, or what to write. */
  readonly text: string;
  /** Of a `file`: its path from the folder that the guide is read in. */
  readonly file?: string;
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
/** Code, or a configuration, that names the file it is to be written to: `ts file=app/route.ts`. */
const FILE = /^(?:js|ts|json) file=([\w[][\w.[\]-]*(?:\/[\w[][\w.[\]-]*)*)$/;
/** What a terminal is sent for a key. */
export const KEYS: Readonly<Record<string, string>> = { 'Ctrl-C': '\u0003', 'Ctrl-Z': '\u001a' };
const KEY_COMMENT = /^<!-- first terminal: (.*?) -->$/;

/**
 * Every `sh` block is a step for the reader's shell, every `sh service` block one for the first terminal, and
 * so is every comment `<!-- first terminal: Ctrl-C -->`. A `text` block that follows, with nothing but blank
 * lines between, is the output to expect. A block such as `js file=server.mjs` is a file to write. Blocks with a
 * mark of blocks.js are none of these. Throws for a block or a key that is marked in any other way, and for a `text` block that
 * follows no step: it would not be run, and nobody would notice.
 */
export function parseGuide(markdown: string): readonly Step[] {
  const lines = markdown.split('\n');
  const steps: Step[] = [];
  let shownAt = -1;
  for (let at = 0; at < lines.length; at++) {
    const key = KEY_COMMENT.exec(lines[at] ?? '')?.[1];
    if (key !== undefined && !Object.hasOwn(KEYS, key))
      throw new Error(`Line ${at + 1}: use one of ${Object.keys(KEYS).join(', ')}, not "${key}".`);
    const fence = key === undefined ? fenceAt(lines, at) : null;
    if (key === undefined && fence === null) continue;
    const after = fence?.next ?? at + 1;
    const kind = key === undefined ? kindOf(fence) : 'key';
    const file = fileOf(fence);
    at = after - 1;
    if (kind === null) {
      if (fence?.info === 'text' && fence.line !== shownAt)
        throw new Error(`Line ${fence.line - 1}: mark this as "text to-read", it is the output of no step.`);
      continue;
    }
    const shown = kind === 'file' ? null : outputAfter(lines, after);
    shownAt = shown?.line ?? -1;
    const text = key ?? fence?.text ?? '';
    const expected = shown === null ? null : { text: shown.text, line: shown.line };
    steps.push({ kind, text, ...(file !== undefined && { file }), line: fence?.line ?? after, expected });
  }
  return steps;
}

function kindOf(fence: Fence | null): StepKind | null {
  if (fence === null || fence.info === 'text' || isMarked(fence.info)) return null;
  const kind = fileOf(fence) === undefined ? KINDS[fence.info] : 'file';
  if (kind !== undefined) return kind;
  const uses = [...Object.keys(KINDS), 'js file=<path>', 'text', '<language> tested=<name>', '<language> not-run']
    .map((info) => `"${info}"`)
    .join(', ');
  throw new Error(`Line ${fence.line - 1}: use one of ${uses}, not "${fence.info}".`);
}

function fileOf(fence: Fence | null): string | undefined {
  return FILE.exec(fence?.info ?? '')?.[1];
}

function outputAfter(lines: readonly string[], start: number): Fence | null {
  let at = start;
  while (lines[at]?.trim() === '') at++;
  const fence = fenceAt(lines, at);
  return fence?.info === 'text' ? fence : null;
}

function fenceAt(lines: readonly string[], at: number): Fence | null {
  const [, marks, info] = /^(`{3,})(.*)$/.exec(lines[at] ?? '') ?? [];
  if (/^(?:\s+```|\s*~~~)/.test(lines[at] ?? '')) throw new Error(`Line ${at + 1}: begin a block with \`\`\`, at the start of its line.`);
  if (marks === undefined || info === undefined) return null;
  const end = lines.indexOf(marks, at + 1);
  if (end < 0) throw new Error(`Line ${at + 1}: this block has no end.`);
  return { info: info.trim(), text: lines.slice(at + 1, end).join('\n'), line: at + 2, next: end + 1 };
}
