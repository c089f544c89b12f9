import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly version?: string;
  readonly engines: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): Manifest => JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8')) as Manifest;
const examples = readdirSync(`${root}examples`).filter((name) => name.endsWith('-api'));
const ranges = ({ dependencies, devDependencies }: Manifest): Readonly<Record<string, string>> => ({ ...dependencies, ...devDependencies });

describe.each(examples)('examples/%s', (name) => {
  const library = read('packages/latchkey');

  it('names this version of the library, and everything else as the packages and their tests do', () => {
    const ours: Readonly<Record<string, string>> = {
      ...ranges(read('packages/server')),
      ...ranges(library),
      ...ranges(read('.')),
      latchkey: `^${library.version}`,
    };
    const named = ranges(read(`examples/${name}`));
    expect(named).toEqual(Object.fromEntries(Object.keys(named).map((each) => [each, ours[each]])));
    expect(read(`examples/${name}`).engines).toEqual(library.engines);
  });

  it('is in the table of both READMEs', () => {
    expect(readFileSync(`${root}README.md`, 'utf8')).toContain(`[${name}](examples/${name})`);
    expect(readFileSync(`${root}examples/README.md`, 'utf8')).toContain(`[${name}](${name})`);
  });
});
