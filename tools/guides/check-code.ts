/**
 * Compiles the code of guides, strictly, as their readers' editors would: all guides in one run of the compiler. What is JavaScript in a
 * guide is taken for TypeScript, so that a reader may save it under either name.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './guide-machine.js';
import { parseGuide, type Step } from './parse-guide.js';
import type { Guide } from './run-guide.js';

const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  target: 'es2023',
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  skipLibCheck: true,
  types: ['node'],
  noEmit: true,
};

/** One line for each error, with its place in the guide. */
export function findTypeErrors(guides: readonly Guide[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-guides-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS }));
    const places = new Map<string, string>();
    for (const [index, guide] of guides.entries()) {
      for (const [edition, files] of editionsOf(parseGuide(guide.markdown)).entries()) {
        for (const [file, { text, line }] of files) {
          const path = [index, edition, file.replace(/js$/, 'ts')].join('/');
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), `${text}\n`);
          places.set(path, `${guide.name}:${line}`);
        }
      }
    }
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { status, stdout, stderr } = spawnSync(tsc, ['-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (status !== 0 && lines.length === 0) throw new Error(`The compiler cannot be run: ${stderr}`);
    return lines.map((line) => inGuide(line, places));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Files = ReadonlyMap<string, Step>;

/** The files as they stand together: another state of all begins where a guide shows one of them anew. */
function editionsOf(steps: readonly Step[]): readonly Files[] {
  const editions = [new Map<string, Step>()];
  for (const step of steps) {
    if (step.file === undefined) continue;
    const current = editions.at(-1);
    if (current?.has(step.file) === true) editions.push(new Map([...current, [step.file, step]]));
    else current?.set(step.file, step);
  }
  return editions;
}

/** The compiler's `path(line,column)` as the guide and its own line. */
function inGuide(message: string, places: ReadonlyMap<string, string>): string {
  return message.replace(/^([^(\s]+)\((\d+),(\d+)\)/, (all, path: string, line: string) => {
    const [, name, first] = /^(.*):(\d+)$/.exec(places.get(path) ?? '') ?? [];
    return name === undefined ? all : `${name}:${Number(first) + Number(line) - 1}`;
  });
}
