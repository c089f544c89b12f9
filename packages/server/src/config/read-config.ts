/** From the sources to a configuration: flag before variable before file before default, and every problem at once. */
import { nearestName, settingProblems } from 'latchkey/internal';
import { flagOf, readRows, variableOf, type GivenSetting, type Setting } from 'latchkey/internal';
import { accessProblems } from './access-settings.js';
import { selfServiceProblems } from './self-service-config.js';
import { SETTINGS, type Config } from './settings.js';
import { signInProblems, signInWarnings } from './sign-in-config.js';
import { isServiceLink, judgeVariables, type Variables } from './variables.js';

export interface ConfigSources {
  readonly variables: Variables;
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
  /** What to fix before the service can start; each names the setting and what would be right. */
  readonly problems: readonly string[];
  /** What is probably not meant so. */
  readonly warnings: readonly string[];
}

/** No problem or warning ever repeats a value: a secret may have been put in the wrong place. */
export function readConfig(sources: ConfigSources): ConfigReading {
  const { file, problems: fileProblems } = readFile(sources);
  const reading = readRows(SETTINGS, (field, setting) => locate({ field, setting }, { ...sources, file }));
  const config = reading.values as Config;
  const { problems: variableProblems, warnings } = judgeVariables(sources.variables);
  const problems = [...fileProblems, ...variableProblems, ...reading.problems, ...settingProblems(config, reading)];
  if (problems.length === 0)
    problems.push(...selfServiceProblems(config, reading), ...signInProblems(config, reading), ...accessProblems(config, reading));
  if (problems.length > 0) return { config: null, problems: [...new Set(problems)], warnings };
  return { config, problems: [], warnings: [...warnings, ...signInWarnings(config, reading)] };
}

interface Sources extends ConfigSources {
  readonly file: Readonly<Record<string, unknown>>;
}

interface Sought {
  readonly field: string;
  readonly setting: Setting;
}

function locate({ field, setting }: Sought, sources: Sources): GivenSetting {
  const { flags, variables, file } = sources;
  const flag = flagOf(field, setting);
  if (flag !== null && flags?.[field] !== undefined) return inTheOpen({ name: flag, value: flags[field] }, { field, setting });
  const variable = variableOf(field, setting);
  const fromVariable = variable === null ? undefined : variables[variable];
  // Compose files pass an unset variable on as an empty one.
  const isGiven = variable !== null && filled(fromVariable) && !isServiceLink(variable, fromVariable);
  const own = setting.file === undefined ? null : ownFile(field, sources);
  if (isGiven && own !== null) return { ...own, value: undefined, remedy: `give this or ${variable}, not both` };
  if (isGiven) return { name: variable, value: fromVariable, fromText: true };
  if (own !== null) return readOwnFile(own, sources);
  const fromFile = file[field];
  if (setting.secret === 'value' || fromFile === undefined) return { name: variable ?? field, value: undefined };
  return inTheOpen({ name: field, where: IN_THE_FILE, value: fromFile }, { field, setting });
}

const IN_THE_FILE = ' (in the file)';

/** From where others may read it: other users see flags, and files get committed. */
function inTheOpen(given: GivenSetting, { field, setting }: Sought): GivenSetting {
  if (setting.secret !== 'password' || passwordOf(given.value) === null) return { ...given, fromText: true };
  const variable = variableOf(field, setting);
  return { ...given, remedy: `a password does not belong here; set ${variable}, or ${variable}_FILE` };
}

/** Returns the path of the file that holds the value of a setting; null where none was given. */
function ownFile(field: string, sources: Sources): (GivenSetting & { readonly value: string }) | null {
  const setting: Setting | undefined = SETTINGS[`${field}File` as keyof Config];
  const given = locate({ field: `${field}File`, setting }, sources);
  return typeof given.value === 'string' ? { ...given, value: given.value } : null;
}

function readOwnFile({ name, where = '', value: path }: GivenSetting & { readonly value: string }, { readText }: Sources): GivenSetting {
  const text = attempt(() => readText(path).trim());
  if (text === null) return { name, where, value: undefined, remedy: CANNOT_READ };
  return { name, where: `${where} (what the file holds)`, value: text, fromText: true };
}

const CANNOT_READ = 'the file cannot be read; check that it exists and that this user may read it';

interface FileReading {
  readonly file: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

function readFile({ variables, configFlag, readText }: ConfigSources): FileReading {
  const path = configFlag ?? variables['LATCHKEY_CONFIG'];
  if (!filled(path)) return { file: {}, problems: [] };
  const name = configFlag === undefined ? 'LATCHKEY_CONFIG' : '--config';
  const content = attempt(() => readText(path));
  if (content === null) return { file: {}, problems: [`${name}: ${CANNOT_READ}.`] };
  const parsed = attempt(() => JSON.parse(content) as unknown);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { file: {}, problems: [`${name}: the file must hold one JSON object, such as {"port":8787}.`] };
  return { file: { ...parsed }, problems: unknownFields(Object.keys(parsed)) };
}

function unknownFields(fields: readonly string[]): readonly string[] {
  const known = Object.keys(SETTINGS);
  return fields.flatMap((field) => {
    const nearest = known.includes(field) ? field : nearestName(field, known);
    const setting = nearest === null ? null : SETTINGS[nearest as keyof Config];
    if (setting?.secret === 'value')
      return [`${field}${IN_THE_FILE}: a secret does not belong here; set ${variableOf(nearest ?? '', setting)}, or ${nearest}File.`];
    if (nearest === field) return [];
    return [`${field}${IN_THE_FILE}: No such setting${nearest === null ? '.' : `; did you mean "${nearest}"?`}`];
  });
}

const URL_WITH_PASSWORD = /^(?:postgres(?:ql)?|rediss?(?:\+cluster)?):\/\/[^/:]*:([^/]+)@/;

/** The password in a URL of PostgreSQL or Redis, as it is written there; null where there is none. */
export function passwordOf(url: unknown): string | null {
  return (typeof url === 'string' ? URL_WITH_PASSWORD.exec(url)?.[1] : undefined) ?? null;
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
