/** What `latchkey doctor` looks at, in order. */
import { isPostgresUrl } from 'latchkey/internal';
import type { Client } from 'latchkey/client';
import { secretFilesOf, SETTINGS, type Config } from '../../config/index.js';
import { connect } from '../admin-command.js';
import { readSources } from '../load-config.js';
import type { SettingFlags } from '../setting-flags.js';
import type { Terminal } from '../terminal.js';
import { checkClock } from './check-clock.js';
import { checkConfiguration } from './check-configuration.js';
import { checkDatabase, type DatabaseCheck, type DatabaseCheckOptions } from './check-database.js';
import { checkFiles } from './check-files.js';
import { checkLimits } from './check-limits.js';
import { checkPeppers } from './check-peppers.js';
import { checkPostgres, type PostgresCheck } from './check-postgres.js';
import { checkService, type ServiceAddress } from './check-service.js';
import { checkUsage } from './check-usage.js';
import { warning, type Finding } from './finding.js';

export interface Examination {
  /** Reads all of the database as well. */
  readonly deep: boolean;
}

export async function examine(terminal: Terminal, flags: SettingFlags, { deep }: Examination): Promise<readonly Finding[]> {
  const onTable = deep ? (table: string) => terminal.note(`Reading the table ${table}.`) : null;
  const reading = readSources(terminal, flags);
  const findings = [...checkConfiguration(reading)];
  // The rest can be looked at with the defaults too, but would say what is not so.
  if (reading.config !== null) findings.push(...(await examineMachine(reading.config, onTable)));
  if (reading.config !== null) findings.push(...(await checkLimits(reading.config)));
  if (reading.config !== null) findings.push(...(await checkService(serviceAddress(terminal, reading.config))));
  return findings;
}

async function examineMachine(config: Config, deep: DatabaseCheckOptions['deep']): Promise<readonly Finding[]> {
  const path = config.database.startsWith('file:') ? config.database.slice('file:'.length) : null;
  const secretFiles = secretFilesOf(config);
  // Before anything opens the database: that may make the files beside it.
  const files = checkFiles(path === null ? secretFiles : [path, `${path}-wal`, `${path}-shm`, ...secretFiles]);
  const { findings, inspection } = await examineDatabase(config, path, { deep });
  return [
    ...files,
    ...findings,
    ...(inspection === null || inspection.usage === null ? [] : [checkUsage(inspection.usage)]),
    ...(inspection === null ? [] : checkPeppers(config.peppers, inspection)),
    ...checkClock(Date.now(), inspection?.newestEventAt ?? null),
  ];
}

async function examineDatabase(config: Config, path: string | null, options: DatabaseCheckOptions): Promise<DatabaseCheck | PostgresCheck> {
  if (path !== null) return checkDatabase(path, options);
  if (!isPostgresUrl(config.database)) return { findings: [], inspection: null };
  const { findings, inspection } = await checkPostgres(config);
  return { findings: options.deep === null ? findings : [...findings, NOT_DEEP], inspection };
}

const NOT_DEEP = warning(
  'database',
  '--deep reads a database file of SQLite. This database is on a server, which was not read.',
  'Run pg_amcheck, which comes with PostgreSQL, on the server.',
);

function serviceAddress(terminal: Terminal, config: Config): ServiceAddress {
  const variable = terminal.variables['LATCHKEY_URL'];
  const given = variable !== undefined && variable !== '';
  const url = given ? variable : listeningUrl(config);
  return { url, given, client: withCredentials(terminal, url) };
}

/** A service that listens on every network is asked on this machine's own. */
function listeningUrl({ host, port }: Config): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port === 0 ? String(SETTINGS.port.fallback) : port}`;
}

function withCredentials(terminal: Terminal, url: string): Client | null {
  const names = ['LATCHKEY_ADMIN_KEY', 'LATCHKEY_TOKEN', 'ADMIN_API_KEY'];
  return names.some((name) => (terminal.variables[name] ?? '') !== '') ? connect(terminal, { url }) : null;
}
