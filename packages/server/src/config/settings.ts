/** The one table of settings. */
import type { LimitInput, Pepper } from 'latchkey';
import { ACCESS_SETTINGS, type AccessConfig } from './access-settings.js';
import { adminKey, flag, integer, isAddressBlock, list, listenHost, oneOf, path, peppers, text, tiers } from './kinds.js';
import { PAGE_SETTINGS, type PageConfig } from './page-settings.js';
import { SELF_SERVICE_SETTINGS, type SelfServiceConfig } from './self-service-settings.js';
import type { Setting } from './setting.js';

export type { Setting } from './setting.js';

/** What the service runs with: every setting read, checked, and with its default where nothing was said. */
export interface Config extends SelfServiceConfig, PageConfig, AccessConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly databaseFile: string | null;
  readonly databasePool: number;
  readonly databaseTimeoutMs: number;
  readonly redis: string | null;
  readonly redisFile: string | null;
  readonly redisPrefix: string;
  readonly adminKey: string | null;
  readonly adminKeyFile: string | null;
  readonly prefix: string;
  readonly environments: readonly string[];
  readonly environment: string | null;
  readonly scopes: readonly string[] | null;
  readonly peppers: readonly Pepper[];
  readonly peppersFile: string | null;
  readonly tiers: Readonly<Record<string, readonly LimitInput[]>>;
  readonly maxKeysPerOwner: number | null;
  readonly trustedProxies: readonly string[];
  readonly allowQueryKey: boolean;
  readonly guessesPerMinute: number;
  readonly cacheKeys: number;
  readonly onLimiterFailure: 'deny' | 'allow' | 'local';
  readonly limiterTimeoutMs: number;
  readonly limitedKeys: number;
  readonly nodes: number;
  readonly consistency: 'lease' | 'strict';
  readonly leaseMs: number;
  readonly staleIfErrorMs: number;
  readonly writeBehindMs: number;
  readonly usageHoursKeptDays: number;
  readonly usageDaysKept: number;
  readonly bodyLimit: number;
  readonly maxConnections: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly shutdownMs: number;
}

export const SETTINGS: { readonly [Field in keyof Config]: Setting<Config[Field]> } = {
  host: {
    variable: 'HOST',
    kind: listenHost,
    fallback: '127.0.0.1',
    description: 'The address that the service listens on; `0.0.0.0` for every network',
  },
  port: {
    variable: 'PORT',
    kind: integer(0, 65_535),
    fallback: 8787,
    description: 'The port that the service listens on; 0 takes any that is free',
  },
  database: {
    variable: 'DATABASE_URL',
    kind: text(
      'use file:<path>, such as file:./latchkey.db, or postgres://user:password@host:5432/database',
      /^(?:file:.+|:memory:|postgres(?:ql)?:.+)$/,
      '<url>',
    ),
    fallback: 'file:./latchkey.db',
    description: 'The database: an SQLite file that is made where there is none, or the URL of a PostgreSQL database',
  },
  databaseFile: {
    variable: 'DATABASE_URL_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the URL of the database, in place of `DATABASE_URL`',
  },
  databasePool: {
    variable: 'LATCHKEY_DATABASE_POOL',
    kind: integer(3, 1_000),
    fallback: 10,
    description: 'Connections to PostgreSQL at most, of which two are for changes and one for leases; one more listens for changes',
  },
  databaseTimeoutMs: {
    variable: 'LATCHKEY_DATABASE_TIMEOUT_MS',
    kind: integer(100, 600_000),
    fallback: 5_000,
    description: 'How long a call to PostgreSQL waits for a connection, for its turn, and for an answer, in milliseconds',
  },
  redis: {
    variable: 'REDIS_URL',
    kind: text('use redis://host:port', /^/, '<url>'),
    fallback: null,
    description: 'Counts limits in Redis, over all nodes that use it: `redis://user:password@host:6379`; unset, in memory',
  },
  redisFile: {
    variable: 'REDIS_URL_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the URL of Redis, in place of `REDIS_URL`',
  },
  redisPrefix: {
    variable: 'LATCHKEY_REDIS_PREFIX',
    kind: text('use a text such as "latchkey:"', /^/),
    fallback: 'latchkey:',
    description: 'What all keys in Redis begin with',
  },
  adminKey: {
    variable: 'ADMIN_API_KEY',
    secret: true,
    kind: adminKey,
    fallback: null,
    description:
      'The key of the administrator, sent as `X-Admin-Key`; at least 16 characters that are hard to guess (`openssl rand -base64 32`)',
  },
  adminKeyFile: {
    variable: 'ADMIN_API_KEY_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the admin key, in place of `ADMIN_API_KEY`',
  },
  prefix: {
    variable: 'LATCHKEY_PREFIX',
    kind: text('use a text such as "acme"', /^/),
    fallback: 'lk',
    description: 'What every token begins with',
  },
  environments: {
    variable: 'LATCHKEY_ENVIRONMENTS',
    kind: list('use names separated by commas, such as live,test', () => true),
    fallback: ['live', 'test'],
    description: 'The environments that keys may be of; the first is the default of a new key',
  },
  environment: {
    variable: 'LATCHKEY_ENVIRONMENT',
    kind: text('use one of the environments, such as live', /^/),
    fallback: null,
    description: 'The environment that a verification is held to when it names none; unset, any',
  },
  scopes: {
    variable: 'LATCHKEY_SCOPES',
    kind: list('use scopes separated by commas, such as articles:read,articles:write', () => true),
    fallback: null,
    description: 'The scopes that there are, without `*`: keys are given, and verifications ask for, no others; unset, any',
  },
  peppers: {
    variable: 'LATCHKEY_PEPPERS',
    secret: true,
    kind: peppers,
    fallback: [],
    description: 'Secrets mixed into every stored digest, as `id:secret,…`, the newest first, each of at least 32 bytes',
  },
  peppersFile: {
    variable: 'LATCHKEY_PEPPERS_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the peppers, one a line, in place of `LATCHKEY_PEPPERS`',
  },
  tiers: {
    variable: null,
    kind: tiers,
    fallback: {},
    description: 'Tiers and their limits, such as `{"free":[{"name":"daily","limit":100,"window":"1d"}]}`; changed only here',
  },
  maxKeysPerOwner: {
    variable: 'LATCHKEY_MAX_KEYS_PER_OWNER',
    kind: integer(1, 1_000_000),
    fallback: null,
    description: 'Keys, neither revoked nor expired, that an owner may have unless its record says otherwise; unset, any number',
  },
  ...SELF_SERVICE_SETTINGS,
  ...PAGE_SETTINGS,
  ...ACCESS_SETTINGS,
  trustedProxies: {
    variable: 'LATCHKEY_TRUSTED_PROXIES',
    kind: list('use addresses and CIDR blocks separated by commas, such as 10.0.0.0/8,::1', isAddressBlock),
    fallback: [],
    description:
      'Proxies whose `X-Forwarded-For` is believed, as addresses and CIDR blocks; a caller whom one does not name has no address',
  },
  allowQueryKey: {
    variable: 'LATCHKEY_ALLOW_QUERY_KEY',
    kind: flag,
    fallback: false,
    description: 'Accept tokens as `?api_key=` too; they then stand in the logs and histories of everything on the way',
  },
  guessesPerMinute: {
    variable: 'LATCHKEY_GUESSES_PER_MINUTE',
    kind: integer(1, 1_000_000),
    fallback: 60,
    description: 'Unknown tokens that one address may try each minute before it is told to wait',
  },
  cacheKeys: {
    variable: 'LATCHKEY_CACHE_KEYS',
    kind: integer(2, 10_000_000),
    fallback: 100_000,
    description: 'Keys held in memory, about 350 bytes each',
  },
  onLimiterFailure: {
    variable: 'LATCHKEY_ON_LIMITER_FAILURE',
    kind: oneOf('deny', 'allow', 'local'),
    fallback: 'deny',
    description: 'While limits cannot be counted: refuse (`deny`), let pass (`allow`), or count by this node alone (`local`)',
  },
  limiterTimeoutMs: {
    variable: 'LATCHKEY_LIMITER_TIMEOUT_MS',
    kind: integer(5, 60_000),
    fallback: 100,
    description: 'How long a call to Redis may take, in milliseconds',
  },
  limitedKeys: {
    variable: 'LATCHKEY_LIMITED_KEYS',
    kind: integer(1_000, 100_000_000),
    fallback: 1_000_000,
    description: 'Keys and owners whose limits are counted in memory at once, about 100 bytes each; not where Redis or PostgreSQL counts',
  },
  nodes: {
    variable: 'LATCHKEY_NODES',
    kind: integer(1, 10_000),
    fallback: 1,
    description: 'How many nodes share the limits at least: under `local` each admits its share; nodes that share the database are counted',
  },
  consistency: {
    variable: 'LATCHKEY_CONSISTENCY',
    kind: oneOf('lease', 'strict'),
    fallback: 'lease',
    description: 'Answer from memory, under a lease that every change waits for (`lease`), or ask the store each time (`strict`)',
  },
  leaseMs: {
    variable: 'LATCHKEY_LEASE_MS',
    kind: integer(1_000, 60_000),
    fallback: 5_000,
    description: 'How long a lease is, in milliseconds: so long a change that takes authority away waits for a node that is gone',
  },
  staleIfErrorMs: {
    variable: 'LATCHKEY_STALE_IF_ERROR_MS',
    kind: integer(0, 86_400_000),
    fallback: 0,
    description:
      'How many ms a node that cannot reach the store answers on from memory, as `degraded`; what was revoked meanwhile passes as well',
  },
  writeBehindMs: {
    variable: 'LATCHKEY_WRITE_BEHIND_MS',
    kind: integer(100, 60_000),
    fallback: 10_000,
    description:
      'How often usage, last uses and limits counted in memory are written, in ms: so far they are behind, so much a crash loses',
  },
  usageHoursKeptDays: {
    variable: 'LATCHKEY_USAGE_HOURS_KEPT_DAYS',
    kind: integer(2, 366),
    fallback: 14,
    description: 'For how many days usage is kept by the hour; what is older is kept by the day',
  },
  usageDaysKept: {
    variable: 'LATCHKEY_USAGE_DAYS_KEPT',
    kind: integer(92, 36_600),
    fallback: 400,
    description: 'For how many days usage is kept by the day; what is older is dropped',
  },
  bodyLimit: {
    variable: 'LATCHKEY_BODY_LIMIT',
    kind: integer(1024, 16 * 1024 * 1024),
    fallback: 64 * 1024,
    description: 'The largest body of a request, in bytes',
  },
  maxConnections: {
    variable: 'LATCHKEY_MAX_CONNECTIONS',
    kind: integer(1, 1_000_000),
    fallback: 10_000,
    description: 'Connections of clients at once; those beyond are closed as they come',
  },
  logLevel: {
    variable: 'LATCHKEY_LOG_LEVEL',
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    fallback: 'info',
    description: 'What is logged: this level and those above it',
  },
  shutdownMs: {
    variable: 'LATCHKEY_SHUTDOWN_MS',
    kind: integer(0, 600_000),
    fallback: 10_000,
    description: 'How long requests under way may take to finish once the service is told to stop, in milliseconds',
  },
};

/** The table as a list, in its own order. */
export function settingList(): readonly (Setting & { readonly field: keyof Config })[] {
  return (Object.keys(SETTINGS) as (keyof Config)[]).map((field) => ({ ...SETTINGS[field], field }) as Setting & { field: keyof Config });
}

/** The flag of `serve` for a setting, or null where it has none. */
export function flagOf(field: keyof Config): string | null {
  const setting = SETTINGS[field];
  if (setting.secret === true || setting.variable === null) return null;
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The default as one would write it; null where there is none. */
export function defaultText({ fallback }: Setting): string | null {
  if (Array.isArray(fallback)) return fallback.length === 0 ? null : fallback.join(',');
  if (typeof fallback === 'boolean' || typeof fallback === 'number') return String(fallback);
  return typeof fallback === 'string' ? fallback : null;
}
