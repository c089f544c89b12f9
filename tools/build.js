// @ts-check
/**
 * Builds every package into its dist folder: compiles, and lets a package copy or bundle its assets. Outputs whose
 * source is gone are removed first, so that nothing dead is ever packed. Does next to nothing when nothing
 * changed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));

/** What the compiler writes for one source file. */
const COMPILED = /\.(?:js|js\.map|d\.ts)$/;

for (const folder of packages) removeOrphans(folder);
run([join(root, 'node_modules/typescript/bin/tsc'), '-b', ...packages]);
for (const folder of packages) {
  for (const step of ['copy-assets.js', 'bundle.js']) if (existsSync(join(folder, step))) run([join(folder, step)]);
}

/** @param {string[]} args */
function run(args) {
  try {
    // A test runner that builds has another NODE_ENV, with which the dashboard would get React for developers.
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } });
  } catch {
    process.stderr.write(`The build failed in: ${relative(root, args[0] ?? '')}\n`);
    process.exit(1);
  }
}

/** @param {string} folder */
function removeOrphans(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!COMPILED.test(file) || /^(?:assets|program)\b/.test(file)) continue;
    const source = join(folder, 'src', file.replace(COMPILED, ''));
    if (!['.ts', '.tsx', '.js'].some((extension) => existsSync(source + extension))) rmSync(join(dist, file));
  }
}
