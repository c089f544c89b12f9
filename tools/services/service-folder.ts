import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for a service of this process. Those of processes that were killed, and could not remove theirs, go now. */
export function makeServiceFolder(service: string): string {
  const prefix = `latchkey-${service}-`;
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(ownerFile(folder), String(process.pid));
  return folder;
}

/** The service ends with its owner, so that without one nobody writes there any more. */
function isAbandoned(folder: string): boolean {
  const file = ownerFile(folder);
  if (!existsSync(file)) return false;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function ownerFile(folder: string): string {
  return join(folder, 'owner');
}
