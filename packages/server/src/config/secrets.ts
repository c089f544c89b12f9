/** Lists the secrets of a configuration by the tables of settings: for the log, the environment, and `doctor`. */
import { variableOf, type Setting } from 'latchkey/internal';
import { passwordOf } from './read-config.js';
import { SETTINGS, type Config } from './settings.js';

const SECRETS = (Object.entries(SETTINGS) as [keyof Config, Setting][]).filter(([, { secret }]) => secret !== undefined);

/** Variables that hold a secret, those of the commands that administer included. */
export const SECRET_VARIABLES: readonly string[] = [
  'LATCHKEY_ADMIN_KEY',
  'LATCHKEY_TOKEN',
  ...SECRETS.map(([field, setting]) => variableOf(field, setting)).filter((variable) => variable !== null),
];

/** Returns every secret text, for a log to leave out. */
export function secretsOf(config: Config): readonly string[] {
  const texts = SECRETS.flatMap(([field, { secret }]) => {
    const value = config[field];
    if (secret === 'password') return passwordsIn(value);
    return typeof value === 'string' ? [value] : [];
  });
  return [...texts, ...config.peppers.map((pepper) => pepper.secret)];
}

/** Returns the paths of the files that hold secrets. */
export function secretFilesOf(config: Config): readonly string[] {
  return SECRETS.map(([field]) => config[`${field}File` as keyof Config]).filter((path) => typeof path === 'string');
}

/** Shorter ones may be words, and are in no message in the first place. */
const SCRUBBED_FROM = 16;

/** The password of a URL, as it is written there and as it is meant; one that may be a word, only where it is surely it. */
function passwordsIn(url: unknown): readonly string[] {
  const written = passwordOf(url);
  if (written === null) return [];
  return [`:${written}@`, ...[written, decodeURIComponent(written)].filter((password) => password.length >= SCRUBBED_FROM)];
}
