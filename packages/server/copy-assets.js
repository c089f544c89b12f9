/**
 * Copies what the pages of the service need into dist/assets, so that nothing is fetched from elsewhere when
 * they are shown. Run by the build. Does nothing where the copy is as new as its source.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const assets = fileURLToPath(new URL('./dist/assets/', import.meta.url));

/** The viewer of /docs. The package's own entry says where it lies, whatever the layout of node_modules. */
const VIEWER = {
  'viewer.js.gz': require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  'viewer.css.gz': require.resolve('swagger-ui-dist/swagger-ui.css'),
};

mkdirSync(assets, { recursive: true });
for (const name of readdirSync(assets)) if (!(name in VIEWER)) rmSync(`${assets}${name}`);
for (const [name, from] of Object.entries(VIEWER)) {
  if (isCurrent(`${assets}${name}`, from)) continue;
  writeFileSync(`${assets}${name}`, gzipSync(readFileSync(from), { level: 9 }));
}

function isCurrent(copy, source) {
  const made = statSync(copy, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs >= statSync(source).mtimeMs;
}
