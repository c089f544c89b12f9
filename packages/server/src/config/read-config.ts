/** From the sources to a configuration: flag before variable before file before default, and every problem at once. */
import { ConfigurationError, nearestName, readLimiterSettings, readSettings, showDatabase } from 'latchkey';
import { accessProblems } from './access-settings.js';
import { selfServiceProblems } from './self-service-config.js';
import { signInProblems, signInWarnings } from './sign-in-config.js';
import { flagOf, settingList, type Config, type Setting } from './settings.js';

export interface ConfigSources {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What flags said, by field; texts, or `true` for a flag that stands alone. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
  /** The path that `--config` gave. */
  readonly configFlag?: string | undefined;
  /** Throws where the file cannot be read. */
  readonly readText: (path: string) => string;
}

export interface ConfigReading {
  /** Null where there is a problem. */
  readonly config: Config | null;
  /** What must be mended before the service can start; each names the setting and what would be right. */
  readonly problems: readonly string[];
  /** What is probably not meant so. */
  readonly warnings: readonly string[];
}

/** Variables of ours that are no settings: where the file is, and what the commands that administer read. */
const OTHER_VARIABLES = ['LATCHKEY_CONFIG', 'LATCHKEY_URL', 'LATCHKEY_ADMIN_KEY', 'LATCHKEY_TOKEN'];

/** Kubernetes sets these in every pod beside services that are called `latchkey` and `latchkey-metrics`. */
const SERVICE_LINKS = /^LATCHKEY_(?:METRICS_)?(?:SERVICE_|PORT)/;

/** What it sets `LATCHKEY_METRICS_PORT` to: not a port that somebody chose for this service. */
const SERVICE_LINK_VALUE = /^(?:tcp|udp|sctp):\/\//;

/** No problem or warning ever repeats a value: a secret may have been put in the wrong place. */
export function readConfig(sources: ConfigSources): ConfigReading {
  const problems: string[] = [];
  const file = readFile(sources, problems);
  const names = new Map<string, string>();
  const read: Record<string, unknown> = {};
  for (const setting of settingList()) {
    const given = locate(setting, sources, file);
    names.set(setting.field, given?.name ?? setting.variable ?? setting.field);
    read[setting.field] = given === null ? setting.fallback : parse(setting, given, problems);
  }
  readSecretFile('database', { sources, read, names, problems });
  readSecretFile('redis', { sources, read, names, problems });
  readSecretFile('adminKey', { sources, read, names, problems });
  readSecretFile('peppers', { sources, read, names, problems });
  readSecretFile('jwtPublicKey', { sources, read, names, problems });
  readSecretFile('jwtSecret', { sources, read, names, problems });
  readSecretFile('oidcClientSecret', { sources, read, names, problems });
  const config = read as unknown as Config;
  problems.push(...engineProblems(config, names));
  if (problems.length === 0)
    problems.push(...selfServiceProblems(config, names), ...signInProblems(config, names), ...accessProblems(config, names));
  const warnings = unknownVariables(sources.variables);
  if (problems.length > 0) return { config: null, problems: [...new Set(problems)], warnings };
  return { config, problems: [], warnings: [...warnings, ...signInWarnings(config, names)] };
}

interface Given {
  readonly name: string;
  readonly raw: unknown;
  /** Whether others may read it there: other users see flags, and files get committed. */
  readonly open?: true;
}

function locate(setting: Setting & { field: keyof Config }, sources: ConfigSources, file: Readonly<Record<string, unknown>>): Given | null {
  const flag = flagOf(setting.field);
  const fromFlag = sources.flags?.[setting.field];
  if (flag !== null && fromFlag !== undefined) return { name: flag, raw: fromFlag, open: true };
  const fromVariable = setting.variable === null ? undefined : sources.variables[setting.variable];
  // Compose files pass an unset variable on as an empty one.
  if (filled(fromVariable) && !isServiceLink(setting, fromVariable)) return { name: setting.variable ?? setting.field, raw: fromVariable };
  const fromFile = file[setting.field];
  if (setting.secret === true || fromFile === undefined) return null;
  return { name: `${setting.field} (in the file)`, raw: fromFile, open: true };
}

function isServiceLink({ variable }: Setting, value: string): boolean {
  return variable !== null && SERVICE_LINKS.test(variable) && SERVICE_LINK_VALUE.test(value);
}

function parse(setting: Setting & { field: keyof Config }, { name, raw, open }: Given, problems: string[]): unknown {
  if (open === true && (setting.field === 'database' || setting.field === 'redis') && passwordOf(raw) !== null) {
    problems.push(`${name}: a password does not belong here; set ${setting.variable}, or ${setting.variable}_FILE.`);
    return setting.fallback;
  }
  const value = setting.kind.parse(raw);
  if (value !== undefined) return value;
  problems.push(`${name}: ${setting.kind.expected}.`);
  return setting.fallback;
}

type SecretInFile = 'database' | 'redis' | 'adminKey' | 'peppers' | 'jwtPublicKey' | 'jwtSecret' | 'oidcClientSecret';

interface Reading {
  readonly sources: ConfigSources;
  readonly read: Record<string, unknown>;
  readonly names: Map<string, string>;
  readonly problems: string[];
}

function readSecretFile(field: SecretInFile, { sources, read, names, problems }: Reading): void {
  const setting = settingList().find((candidate) => candidate.field === field);
  const path = read[`${field}File`];
  if (setting === undefined || typeof path !== 'string') return;
  const name = names.get(`${field}File`) ?? field;
  // A flag goes before any variable.
  if (sources.flags?.[field] !== undefined) return;
  if (filled(sources.variables[setting.variable ?? ''])) {
    problems.push(`${name}: give this or ${setting.variable ?? field}, not both.`);
    return;
  }
  names.set(field, name);
  try {
    read[field] = parse(setting, { name: `${name} (what the file holds)`, raw: sources.readText(path).trim() }, problems);
  } catch {
    problems.push(`${name}: the file cannot be read; check that it exists and that this user may read it.`);
  }
}

/** The rules of the library, its option names replaced by where the value came from. */
function engineProblems(config: Config, names: ReadonlyMap<string, string>): readonly string[] {
  const read = [
    () => showDatabase(config.database),
    () => readSettings({ ...config, environment: config.environment ?? undefined, scopes: config.scopes ?? undefined }),
    () => readLimiterSettings({ ...config, redis: config.redis ?? undefined }),
  ];
  return read.flatMap((settings) => {
    try {
      settings();
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return error.problems.map((problem) => problem.replace(/^\w+(?=: )/, (option) => names.get(option) ?? option));
    }
  });
}

function readFile({ variables, configFlag, readText }: ConfigSources, problems: string[]): Readonly<Record<string, unknown>> {
  const path = configFlag ?? variables['LATCHKEY_CONFIG'];
  if (!filled(path)) return {};
  const name = configFlag === undefined ? 'LATCHKEY_CONFIG' : '--config';
  const content = attempt(() => readText(path));
  if (content === null) {
    problems.push(`${name}: the file cannot be read; check that it exists and that this user may read it.`);
    return {};
  }
  const parsed = attempt(() => JSON.parse(content) as unknown);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    problems.push(`${name}: the file must hold one JSON object, such as {"port":8787}.`);
    return {};
  }
  problems.push(...unknownFields(Object.keys(parsed)));
  return { ...parsed };
}

function unknownFields(fields: readonly string[]): readonly string[] {
  const settings = settingList();
  const known = settings.filter((setting) => setting.secret !== true).map((setting) => setting.field);
  return fields.flatMap((field) => {
    if (known.some((name) => name === field)) return [];
    const secret = settings.find((setting) => setting.field === field);
    if (secret !== undefined)
      return [`${field} (in the file): a secret does not belong here; set ${secret.variable ?? field}, or ${field}File.`];
    return [`${field} (in the file): there is no such setting.${hint(nearestName(field, known))}`];
  });
}

function unknownVariables(variables: ConfigSources['variables']): readonly string[] {
  const known = [...settingList().flatMap(({ variable }) => (variable === null ? [] : [variable])), ...OTHER_VARIABLES];
  return Object.keys(variables)
    .filter((name) => name.startsWith('LATCHKEY_') && !known.includes(name) && !SERVICE_LINKS.test(name))
    .map((name) => `${name}: there is no such variable.${hint(nearestName(name, known))}`);
}

const URL_WITH_PASSWORD = /^(?:postgres(?:ql)?|rediss?(?:\+cluster)?):\/\/[^/:]*:([^/]+)@/;

/** The password in a URL of PostgreSQL or Redis, as it is written there; null where there is none. */
export function passwordOf(url: unknown): string | null {
  return (typeof url === 'string' ? URL_WITH_PASSWORD.exec(url)?.[1] : undefined) ?? null;
}

function hint(name: string | null): string {
  return name === null ? '' : ` Did you mean ${name}?`;
}

function filled(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch {
    return null;
  }
}
