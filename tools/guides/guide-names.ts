import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The documents whose blocks guides.test.ts runs in their order, by their paths from the root of the repository. */
export function guideNames(): readonly string[] {
  const folder = fileURLToPath(new URL('../../docs/guides', import.meta.url));
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => `docs/guides/${name}`)];
}
