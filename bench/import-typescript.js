import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** What tools and tests are made of is TypeScript. `path` begins at the root of the repository. */
export async function importTypeScript(path) {
  const source = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const { module } = await runnerImport(source, { configFile: false, logLevel: 'error' });
  return module;
}
