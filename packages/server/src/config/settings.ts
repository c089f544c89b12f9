/** The tables of settings of the service: those of the library, and those that only the service knows. */
import {
  DATABASE_SETTINGS,
  ENGINE_SETTINGS,
  LIMITER_SETTINGS,
  flag,
  integer,
  oneOf,
  variableOf,
  type LIBRARY_SETTINGS,
  type Setting,
  type SettingRows,
  type SettingValues,
} from 'latchkey/internal';
import { ACCESS_SETTINGS } from './access-settings.js';
import { adminKey, isAddressBlock, listenHost, listOf, path } from './kinds.js';
import { PAGE_SETTINGS } from './page-settings.js';
import { SELF_SERVICE_SETTINGS } from './self-service-settings.js';

const LISTEN_SETTINGS = {
  host: {
    kind: listenHost,
    variable: 'HOST',
    fallback: '127.0.0.1',
    description: 'The IP address that the service listens on; `0.0.0.0` for every network',
  },
  port: {
    kind: integer(0, 65_535),
    variable: 'PORT',
    fallback: 8787,
    description: 'The port that the service listens on; 0 takes any that is free',
  },
  adminKey: {
    kind: adminKey,
    variable: 'ADMIN_API_KEY',
    secret: 'value',
    file: 'the admin key',
    fallback: null,
    description: 'The key of the administrator, which requests send as `X-Admin-Key`',
    details: 'At least 16 characters that are hard to guess (`openssl rand -base64 32`).',
  },
  trustedProxies: {
    kind: listOf('use addresses and CIDR blocks separated by commas, such as 10.0.0.0/8,::1', isAddressBlock),
    fallback: [],
    description: 'Proxies whose `X-Forwarded-For` the service believes, as IP addresses and CIDR blocks',
    details: 'A caller whom a trusted proxy does not name has no IP address.',
  },
  allowQueryKey: {
    kind: flag,
    fallback: false,
    description: 'Accepts tokens as `?api_key=` too',
    details: 'Tokens then appear in the logs and histories of everything between the caller and the service.',
  },
  bodyLimit: {
    kind: integer(1024, 16 * 1024 * 1024),
    fallback: 64 * 1024,
    description: 'The largest body of a request, in bytes',
  },
  maxConnections: {
    kind: integer(1, 1_000_000),
    fallback: 10_000,
    description: 'How many connections of clients the service holds at once; it closes further ones when they come',
  },
  logLevel: {
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    fallback: 'info',
    description: 'The service logs this level and those above it',
  },
  shutdownMs: {
    kind: integer(0, 600_000),
    fallback: 10_000,
    description: 'How long requests in flight may take to finish after a signal to stop, in milliseconds',
  },
} satisfies SettingRows;

const OWN_SETTINGS = { ...LISTEN_SETTINGS, ...SELF_SERVICE_SETTINGS, ...PAGE_SETTINGS, ...ACCESS_SETTINGS };

type Rows = typeof OWN_SETTINGS & typeof LIBRARY_SETTINGS;

/** For each setting that a file of its own may hold, the setting that names that file. */
type Files = { readonly [Field in keyof Rows as Rows[Field] extends { file: string } ? `${Field}File` : never]: string | null };

/** Holds every setting of the service, checked, and with its default where none was given. */
export interface Config extends SettingValues<typeof OWN_SETTINGS>, SettingValues<typeof LIBRARY_SETTINGS>, Files {}

/** Settings under the headings of the reference, in the order of the help. */
export const SETTING_GROUPS: readonly { readonly title: string; readonly about: string; readonly rows: SettingRows }[] = [
  { title: 'Service', about: 'How the service listens, trusts, and logs.', rows: withFiles(LISTEN_SETTINGS) },
  { title: 'Database', about: 'Also options of `createLatchkey`.', rows: withFiles(DATABASE_SETTINGS) },
  { title: 'Keys', about: 'Also options of `createLatchkey`.', rows: withFiles(ENGINE_SETTINGS) },
  { title: 'Limits', about: 'Also options of `createLatchkey`.', rows: withFiles(LIMITER_SETTINGS) },
  {
    title: 'Self-service',
    about: 'How owners sign in to manage their own keys, and what they may choose.',
    rows: withFiles(SELF_SERVICE_SETTINGS),
  },
  { title: 'Pages', about: 'How the dashboard and the portal look, and how operators sign in.', rows: withFiles(PAGE_SETTINGS) },
  { title: 'Metrics and API description', about: 'Who may read what tells about the service.', rows: withFiles(ACCESS_SETTINGS) },
];

/** Every setting of the service. */
export const SETTINGS = Object.assign({}, ...SETTING_GROUPS.map(({ rows }) => rows)) as { readonly [Field in keyof Config]: Setting };

function withFiles(rows: SettingRows): SettingRows {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([field, row]) =>
      row.file === undefined
        ? [[field, row]]
        : [
            [field, row],
            [`${field}File`, fileSetting(field, row)],
          ],
    ),
  );
}

function fileSetting(field: string, row: Setting): Setting {
  const variable = variableOf(field, row);
  return {
    kind: path,
    variable: `${variable}_FILE`,
    fallback: null,
    description: `A file that holds ${row.file}, in place of \`${variable}\``,
  };
}
