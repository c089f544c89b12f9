import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkModules } from './module-graph.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-modules-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function walk(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return walkModules(join(folder, Object.keys(files)[0] ?? ''));
}

describe('what a module brings in', () => {
  it('is found through every file that it loads, circles included, apart for what is loaded on demand', () => {
    const found = walk({
      'a.js': "import './b/c.js'; import { x } from '@scope/one/deep'; export * from './d.js'; const e = () => import('./e.js');",
      'b/c.js': "export { y } from 'two'; import 'node:fs'; import '../a.js';",
      'd.js': "import two from 'two/other'; await import('three');",
      'e.js': "import 'four'; import 'two'; export const load = () => import(`five`);",
    });
    expect(found).toEqual({ atOnce: ['@scope/one', 'node:fs', 'two'], onDemand: ['five', 'four', 'three'] });
  });

  it('is found in declarations too, in those that are named in types alone', () => {
    const found = walk({
      'f.d.ts': "import type { A } from './g.js'; export declare const a: import('six').A;",
      'g.d.ts': "export type { B } from 'seven';",
    });
    expect(found).toEqual({ atOnce: ['seven', 'six'], onDemand: [] });
  });

  it('is refused where it cannot be followed', () => {
    expect(() => walk({ 'h.js': 'const load = (name) => import(name);' })).toThrow('whose name is only known when it runs');
    expect(() => walk({ 'i.js': "const { x } = require('eight');" })).toThrow('by require');
    expect(() => walk({ 'j.js': "import './gone.js';" })).toThrow('imports ./gone.js, which is not there');
  });
});
