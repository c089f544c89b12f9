import { statSync } from 'node:fs';
import { ok, wrong, type Finding } from './finding.js';

/** Files that hold digests, events or secrets must not be open to every user of the machine. */
export function checkFiles(paths: readonly string[]): readonly Finding[] {
  const present = paths.flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, mode: stats.mode }];
  });
  const open = present.filter(({ mode }) => (mode & 0o007) !== 0);
  if (open.length > 0)
    return open.map(({ path }) => wrong('files', `${path} is open to every user of this machine.`, `chmod 600 ${quoted(path)}`));
  return present.length === 0 ? [] : [ok('files', 'No other user of this machine can read the files of the database and of secrets.')];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
