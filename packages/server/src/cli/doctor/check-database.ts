import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isLatchkeyError } from 'latchkey';
import { deepCheckSqlite, inspectSqlite, openSqliteStorage, type SqliteInspection } from 'latchkey/internal';
import { ok, warning, wrong, type Finding } from './finding.js';

const MEBIBYTE = 1024 * 1024;
const WAL_LARGE = 256 * MEBIBYTE;

export interface DatabaseCheck {
  readonly findings: readonly Finding[];
  /** Null where it could not be read. */
  readonly inspection: SqliteInspection | null;
}

/** `deep`: reads all of the database as well, and tells of each table before it does. */
export interface DatabaseCheckOptions {
  readonly deep: ((table: string) => void) | null;
}

export async function checkDatabase(path: string, { deep }: DatabaseCheckOptions): Promise<DatabaseCheck> {
  if (!existsSync(path)) return { findings: [missing(path)], inspection: null };
  const migrations = await checkMigrations(path);
  if (migrations !== null) return { findings: [migrations], inspection: null };
  try {
    const inspection = await inspectSqlite(path);
    const findings = judge(path, inspection);
    return { findings: deep === null ? findings : [...findings, ...(await checkDeeply(path, deep))], inspection };
  } catch {
    return { findings: [unreadable(path)], inspection: null };
  }
}

function missing(path: string): Finding {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
    return ok('database', `${path} does not exist yet; the first start makes it.`);
  } catch {
    return wrong(
      'database',
      `${path} does not exist, and its folder cannot be written.`,
      `Make ${folder} and give it to the user of the service.`,
    );
  }
}

async function checkMigrations(path: string): Promise<Finding | null> {
  try {
    const storage = await openSqliteStorage({ file: path, readOnly: true });
    await storage.close();
    return null;
  } catch (error) {
    if (isLatchkeyError(error) && error.code === 'configuration') {
      return wrong('database', error.message, 'Do as it says, then run doctor again.');
    }
    return unreadable(path);
  }
}

async function checkDeeply(path: string, onTable: (table: string) => void): Promise<readonly Finding[]> {
  const { faults, tables, rows, tookMs } = await deepCheckSqlite(path, { onTable });
  const read = `${rows} rows of ${tables} tables were read, and looked up in their indexes, in ${(tookMs / 1_000).toFixed(1)} s`;
  if (faults.length === 0) return [ok('database', `${path} is undamaged: ${read}.`)];
  const remedy = 'Stop the service and restore the last backup; keep this file to look into.';
  return [wrong('database', [`${path} is damaged: ${read}.`, ...faults].join('\n'), remedy)];
}

function judge(path: string, { journalMode, bytes, walBytes }: SqliteInspection): readonly Finding[] {
  const findings: Finding[] = [];
  if (journalMode !== 'wal') {
    findings.push(
      wrong(
        'database',
        `${path} is in journal mode ${journalMode}, not wal.`,
        'Stop what else uses the file, then start the service: it sets the mode.',
      ),
    );
  }
  if (walBytes > WAL_LARGE) {
    const detail = `The write-ahead log has ${Math.round(walBytes / MEBIBYTE)} MiB: it grew while somebody read for long, or wrote without a pause.`;
    findings.push(
      warning('database', detail, 'Run doctor again in a minute: if it is no smaller, end backups and SQL shells that still read.'),
    );
  }
  if (findings.length > 0) return findings;
  return [
    ok('database', `${path} is up to date: ${(bytes / MEBIBYTE).toFixed(1)} MiB, write-ahead log ${(walBytes / MEBIBYTE).toFixed(1)} MiB.`),
  ];
}

function unreadable(path: string): Finding {
  return wrong(
    'database',
    `${path} cannot be read as a database of Latchkey.`,
    'Check the path, and that this user may read the file and write its folder; if so it is damaged: restore the last backup.',
  );
}
