/** Where this package lies, the same from its sources, its compiled modules and its bundled program. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = folderAbove(dirname(fileURLToPath(import.meta.url)));

/** The files of the pages, which the build copies there. */
export const ASSETS: string = join(PACKAGE, 'dist/assets');

export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function folderAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : folderAbove(dirname(folder));
}
