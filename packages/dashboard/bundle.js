/**
 * Bundles the pages into dist. Run by the build. Does nothing where nothing that goes into them has changed, which is told
 * by what the files hold and not by when they were written: a checkout writes all of them anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = join(folder, '../..');
const stamp = join(folder, 'dist/.sources');

/** The pages, the client that they speak through, and the parts that they are made of. */
const SOURCES = ['packages/dashboard', 'packages/latchkey/dist/client', 'packages/latchkey/dist/domain', 'package-lock.json'];
const LEFT_OUT = /^packages\/dashboard\/(?:dist|test|node_modules|README\.md|\.tsbuildinfo)/;

const sources = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  // Loaded only when there is something to do: it takes longer than all the rest.
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'warn' });
  writeFileSync(stamp, sources);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap(filesOf).filter((each) => !LEFT_OUT.test(each) && !each.endsWith('.map'))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (path.endsWith('.json')) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted();
}
