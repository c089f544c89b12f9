import type { Command } from 'commander';
import { isPostgresUrl } from 'latchkey';
import type { Client } from 'latchkey/client';
import type { Config } from '../../config/index.js';
import { SETTINGS } from '../../config/index.js';
import { attempt, connect, jsonCommand } from '../admin-command.js';
import { checkClock } from '../doctor/check-clock.js';
import { checkConfiguration } from '../doctor/check-configuration.js';
import { checkDatabase, type DatabaseCheck } from '../doctor/check-database.js';
import { checkFiles } from '../doctor/check-files.js';
import { checkLimits } from '../doctor/check-limits.js';
import { checkPeppers } from '../doctor/check-peppers.js';
import { checkPostgres, type PostgresCheck } from '../doctor/check-postgres.js';
import { checkService, type ServiceAddress } from '../doctor/check-service.js';
import type { Finding } from '../doctor/finding.js';
import { EXIT } from '../exit-codes.js';
import { readSources, withSettings, type SettingFlags } from '../load-config.js';
import { plainText } from '../plain-text.js';
import type { Terminal } from '../terminal.js';

interface DoctorOptions extends SettingFlags {
  readonly json?: boolean;
}

/** `latchkey doctor` */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  withSettings(
    jsonCommand(program, 'doctor', 'say what is wrong with configuration, database, limits, clock, files and service, and how to mend it'),
  )
    .addHelpText('after', '\nExit code 1 where something is wrong; warnings alone leave it 0. It changes nothing.')
    .action(async ({ json, ...flags }: DoctorOptions) =>
      attempt(terminal, { json }, async () => {
        const findings = await examine(terminal, flags);
        if (findings.some((finding) => finding.status === 'wrong')) terminal.finish(EXIT.refused);
        if (json === true) terminal.printJson({ findings });
        else terminal.print(findings.map((finding) => show(finding, terminal)).join(''));
      }),
    );
}

async function examine(terminal: Terminal, flags: SettingFlags): Promise<readonly Finding[]> {
  const reading = readSources(terminal, flags);
  const findings = [...checkConfiguration(reading)];
  // The rest can be looked at with the defaults too, but would say what is not so.
  if (reading.config !== null) findings.push(...(await examineMachine(reading.config)));
  if (reading.config !== null) findings.push(...(await checkLimits(reading.config)));
  if (reading.config !== null) findings.push(...(await checkService(serviceAddress(terminal, reading.config))));
  return findings;
}

async function examineMachine(config: Config): Promise<readonly Finding[]> {
  const path = config.database.startsWith('file:') ? config.database.slice('file:'.length) : null;
  const secretFiles = [config.adminKeyFile, config.peppersFile, config.databaseFile, config.redisFile].filter((file) => file !== null);
  // Before anything opens the database: that may make the files beside it.
  const files = checkFiles(path === null ? secretFiles : [path, `${path}-wal`, `${path}-shm`, ...secretFiles]);
  const { findings, inspection } = await examineDatabase(config, path);
  return [
    ...files,
    ...findings,
    ...(inspection === null ? [] : checkPeppers(config.peppers, inspection)),
    ...checkClock(Date.now(), inspection?.newestEventAt ?? null),
  ];
}

async function examineDatabase(config: Config, path: string | null): Promise<DatabaseCheck | PostgresCheck> {
  if (path !== null) return checkDatabase(path);
  return isPostgresUrl(config.database) ? checkPostgres(config) : { findings: [], inspection: null };
}

function serviceAddress(terminal: Terminal, config: Config): ServiceAddress {
  const variable = terminal.variables['LATCHKEY_URL'];
  const given = variable !== undefined && variable !== '';
  const url = given ? variable : listeningUrl(config);
  return { url, given, client: withCredentials(terminal, url) };
}

/** A service that listens on every network is asked on this machine's own. */
function listeningUrl({ host, port }: Config): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port === 0 ? SETTINGS.port.fallback : port}`;
}

function withCredentials(terminal: Terminal, url: string): Client | null {
  const names = ['LATCHKEY_ADMIN_KEY', 'LATCHKEY_TOKEN', 'ADMIN_API_KEY'];
  return names.some((name) => (terminal.variables[name] ?? '') !== '') ? connect(terminal, { url }) : null;
}

const SIGNS = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const;
const COLOURS = { ok: 32, warning: 33, wrong: 31 } as const;

function show({ part, status, detail, mend }: Finding, terminal: Terminal): string {
  const sign = terminal.colour ? `\u001b[${COLOURS[status]}m${SIGNS[status]}\u001b[0m` : SIGNS[status];
  const lines = detail.split('\n').map(plainText).join('\n          ');
  return `${sign} ${part}: ${lines}\n${mend === null ? '' : `        → ${plainText(mend)}\n`}`;
}
