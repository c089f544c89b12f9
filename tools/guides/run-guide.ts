/**
 * Runs a guide from its document, as its reader would: the blocks in order, in one shell, with the service in a
 * terminal beside it; and compares what is printed with what the document shows. parse-guide.ts says how a guide is
 * marked up, match-output.ts what `…` stands for, guide-machine.ts what differs from a reader's machine.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGuideMachine, ROOT, type GuideMachine, type GuideReader } from './guide-machine.js';
import { findMismatch } from './match-output.js';
import { KEYS, parseGuide, type Step } from './parse-guide.js';
import { openShell, openTerminal } from './shell.js';

export interface Guide {
  /** As a failure names it. */
  readonly name: string;
  readonly markdown: string;
}

/** A guide by its path from the root of the repository. */
export function readGuide(name: string): Guide {
  return { name, markdown: readFileSync(join(ROOT, name), 'utf8') };
}

/** How many steps were run; by default in a clone of this repository. Rejects at the first that goes wrong, naming its line, what the document shows, and what was seen. */
export async function runGuide(guide: Guide, reader?: GuideReader): Promise<number> {
  const steps = parseGuide(guide.markdown);
  if (steps.length === 0) return 0;
  const machine = await createGuideMachine(reader);
  const [shell, terminal] = [openShell(machine), await openTerminal(machine)];
  try {
    for (const step of steps) {
      if (step.file !== undefined) machine.write(step.file, step.text);
      const problem = step.kind === 'file' ? null : step.kind === 'shell' ? await runInShell(step) : await runInTerminal(step);
      if (problem !== null) throw new Error(`${guide.name}:${step.line}: ${problem}`);
    }
    return steps.length;
  } finally {
    await Promise.all([shell.end(), terminal.end()]);
    machine.remove();
  }

  async function runInShell(step: Step): Promise<string | null> {
    const { output, status, cut } = await shell.run(machine.toMachine(step.text));
    const seen = machine.toDocument(output);
    if (cut !== null) return report(`${cut}.`, step, seen);
    const difference = step.expected === null ? null : findMismatch(step.expected.text, seen);
    if (difference !== null) return reportDifference(step, seen);
    return status === 0 ? null : report(`The last command ended with exit code ${String(status)}.`, step, seen);
  }

  /** Done as soon as the terminal shows what the document shows; where that shows nothing, when the shell takes commands again. */
  async function runInTerminal(step: Step): Promise<string | null> {
    const { expected } = step;
    const input = inputOf(step, machine);
    if (expected === null) {
      const mark = `free-${randomUUID()}`;
      const { output, cut } = await terminal.exchange(`${input}echo ${mark}\n`, (seen) => seen.includes(mark));
      return cut === null ? null : report(`${cut}.`, step, machine.toDocument(output));
    }
    const isDone = (output: string): boolean => findMismatch(expected.text, machine.toDocument(output)) === null;
    const { output, cut } = await terminal.exchange(input, isDone);
    return cut === null ? null : reportDifference(step, machine.toDocument(output));
  }
}

function inputOf(step: Step, machine: GuideMachine): string {
  return step.kind === 'key' ? (KEYS[step.text] ?? '') : `${machine.toMachine(step.text)}\n`;
}

function reportDifference(step: Step, seen: string): string {
  const difference = step.expected === null ? null : findMismatch(step.expected.text, seen);
  if (difference === null || step.expected === null) return report('It did not come to its end.', step, seen);
  const line = step.expected.line + difference.shownLine;
  return report(`Not as line ${line} shows.\n  expected: ${difference.expected}\n  seen:     ${difference.seen}`, step, seen);
}

function report(what: string, step: Step, seen: string): string {
  return `${what}\nThe step:\n${indent(step.text)}\nAll that was seen:\n${indent(seen.trimEnd())}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  | ');
}
