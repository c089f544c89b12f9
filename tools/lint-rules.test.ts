import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LIBRARY = 'packages/latchkey/src';
const TESTS = 'packages/latchkey/test';

/** One breach of each rule that the house relies on: which rule, where, and what. */
const BREACHES: readonly (readonly [string, string, string])[] = [
  ['no-floating-promises', `${LIBRARY}/a.ts`, 'async function go(): Promise<void> {}\nexport function f(): void { go(); }'],
  ['no-misused-promises', `${LIBRARY}/b.ts`, 'export const f = (p: Promise<boolean>): number => (p ? 1 : 2);'],
  ['switch-exhaustiveness-check', `${LIBRARY}/c.ts`, "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }"],
  ['no-explicit-any', `${LIBRARY}/d.ts`, 'export const f = (x: any): unknown => x as unknown;'],
  ['no-unsafe-member-access', `${LIBRARY}/e.ts`, "export const f = (): unknown => JSON.parse('{}').a as unknown;"],
  ['no-unsafe-return', `${LIBRARY}/f.ts`, "export const f = (): string => JSON.parse('{}');"],
  ['no-unsafe-assignment', `${LIBRARY}/g.ts`, "export const f: string = JSON.parse('{}');"],
  ['no-unsafe-argument', `${LIBRARY}/h.ts`, "export const f = (): number => Number.parseInt(JSON.parse('{}'), 10);"],
  ['no-unsafe-call', `${LIBRARY}/i.ts`, "export const f = (): unknown => JSON.parse('{}')() as unknown;"],
  ['no-non-null-assertion', `${LIBRARY}/j.ts`, 'export const f = (x: string | null): string => x!;'],
  ['eqeqeq', `${LIBRARY}/k.ts`, 'export const f = (x: number, y: number): boolean => x == y;'],
  ['no-default-export', `${LIBRARY}/l.ts`, 'export default 1;'],
  ['only-throw-error', `${LIBRARY}/m.ts`, "export function f(): never { throw 'no'; }"],
  ['no-restricted-properties', `${LIBRARY}/n.ts`, 'export const f = (): number => Date.now();'],
  ['no-restricted-properties', `${LIBRARY}/o.ts`, 'export const f = (): number => Math.random();'],
  ['no-restricted-globals', `${LIBRARY}/p.ts`, 'export const f = (): number => performance.now();'],
  ['no-restricted-globals', `${LIBRARY}/q.ts`, 'export const f = (): void => { setTimeout(() => {}, 1); };'],
  ['no-restricted-globals', `${LIBRARY}/r.ts`, 'export const f = (): string => crypto.randomUUID();'],
  ['no-restricted-globals', `${LIBRARY}/s.ts`, "export const f = (): unknown => process.env['A'];"],
  [
    'no-restricted-imports',
    `${LIBRARY}/t.ts`,
    "import { randomBytes } from 'node:crypto';\nexport const f = (): unknown => randomBytes(1);",
  ],
  ['no-restricted-imports', `${LIBRARY}/u.ts`, "import { setTimeout as wait } from 'node:timers/promises';\nexport const f = wait;"],
  ['max-lines', `${LIBRARY}/v.ts`, `${'export {};\n'.repeat(401)}`],
  ['max-params', `${LIBRARY}/w.ts`, 'export const f = (a: number, b: number, c: number, d: number): number => a + b + c + d;'],
  ['no-console', `${LIBRARY}/x.ts`, "export const f = (): void => { console.log('x'); };"],
  ['filename-case', `${LIBRARY}/yY.ts`, 'export const f = 1;'],
  ['no-identical-title', `${TESTS}/a.test.ts`, "import { it } from 'vitest';\nit('a', () => {});\nit('a', () => {});"],
  ['no-disabled-tests', `${TESTS}/b.test.ts`, "import { it } from 'vitest';\nit.skip('a', () => {});"],
  ['no-focused-tests', `${TESTS}/c.test.ts`, "import { it } from 'vitest';\nit.only('a', () => {});"],
  ['no-floating-promises', `${TESTS}/d.test.ts`, "import { it } from 'vitest';\nit('a', () => { Promise.reject(new Error()); });"],
];

let folder: string;
let found: readonly { readonly rule: string; readonly path: string }[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-lint-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of ['.oxlintrc.json', 'tsconfig.base.json']) copyFileSync(join(ROOT, file), join(folder, file));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: './tsconfig.base.json', include: ['packages'] }));
  for (const place of [LIBRARY, TESTS, `${LIBRARY}/engine/runtime`]) mkdirSync(join(folder, place), { recursive: true });
  for (const [, path, text] of BREACHES) writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, LIBRARY, 'engine/runtime/system.ts'), 'export const now = (): number => Date.now();');
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['--type-aware', '--format', 'json', 'packages'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  found = report.diagnostics.map(({ code, filename }) => ({ rule: /\((.+)\)/.exec(code)?.[1] ?? code, path: filename }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('lint rules', () => {
  it.each(BREACHES)('%s is refused in %s', (rule, path) => {
    expect(found).toContainEqual({ rule, path });
  });

  it('lets the one adapter of the system clock read it', () => {
    expect(found.filter(({ path }) => path.endsWith('engine/runtime/system.ts'))).toEqual([]);
  });
});
