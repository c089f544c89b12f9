import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

it('npx latchkey runs the command of this clone, though npm linked it before anything was built', () => {
  const version = execFileSync('npx', ['--no-install', 'latchkey', '--version'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
});
