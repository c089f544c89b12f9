/**
 * The settings that an engine, its limiter and its database have: options of `createLatchkey`, and settings of the service.
 *
 * Each is declared here and nowhere else. Run `node tools/reference/settings.js` after a change: it writes the reference page and
 * the types of the options (setting-inputs.ts) with a text for each, which editors show.
 */
import type { LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';
import { isEnvironmentName, isTokenPrefix } from '../../domain/token.js';
import { duration, integer, oneOf, text } from './setting-kinds.js';
import { environmentNames, pepperList, scopeNames, tierTable } from './setting-shapes.js';
import type { SettingRows, SettingValues } from './setting.js';

/** A URL that the part which opens it reads further. */
const url = (remedy: string) => text(remedy, { noun: 'URL', placeholder: '<url>' });

export const DATABASE_SETTINGS = {
  database: {
    kind: url('use a URL such as file:./latchkey.db'),
    variable: 'DATABASE_URL',
    secret: 'password',
    file: 'the URL of the database',
    fallback: 'file:./latchkey.db',
    description: 'The database: the file of SQLite, or the URL of a PostgreSQL database',
    details:
      'Use `file:<path>`, `postgres://user:password@host:5432/database`, or `:memory:` for a database that ends with the process. Latchkey creates a file that does not exist.',
  },
  databasePool: {
    kind: integer(3, 1_000),
    fallback: 10,
    description: 'How many connections to PostgreSQL a node opens at most',
    details: 'Two of them are for changes and one is for leases. One more connection listens for changes.',
  },
  databaseTimeoutMs: {
    kind: integer(100, 600_000),
    fallback: 5_000,
    description: 'How long a call to PostgreSQL waits for a connection, for its turn, and for an answer, in milliseconds',
  },
} satisfies SettingRows;

export const ENGINE_SETTINGS = {
  prefix: {
    kind: text('use 1 to 24 characters: a lower-case letter first, then letters, digits and single underscores, such as "acme"', {
      accepts: isTokenPrefix,
    }),
    fallback: 'lk',
    description: 'What every token begins with',
    details: 'Use 1 to 24 characters that match `[a-z][a-z0-9]*(_[a-z0-9]+)*`.',
  },
  environments: {
    kind: environmentNames,
    fallback: ['live', 'test'],
    description: 'The environments that keys may have; the first one is the default of a new key',
  },
  environment: {
    kind: text('use one of the environments, such as live', { accepts: isEnvironmentName }),
    fallback: null,
    description: 'The environment that a verification requires when it names none; unset, any but `operator`',
  },
  tiers: {
    kind: tierTable,
    variable: null,
    fallback: {},
    description: 'Tiers and their limits, such as `{"free":[{"name":"daily","limit":100,"window":"1d"}]}`',
    details: 'Latchkey applies them when it starts. Nobody can change these tiers anywhere else.',
  },
  scopes: {
    kind: scopeNames,
    fallback: null,
    description: 'The scopes that exist, without `*`; unset, any',
    details:
      'A key gets only these, or what covers one of them with `*` in place of segments. A verification that asks for another scope is an error, not a refusal. A key keeps the scopes that it already holds.',
  },
  peppers: {
    kind: pepperList,
    secret: 'value',
    file: 'the peppers, one a line',
    fallback: [],
    description: 'Secrets that Latchkey mixes into every stored digest, the newest first, each of at least 32 bytes',
    details:
      'A variable or a file holds them as `id:secret,…`. The newest signs, the others still verify, and a secret moves to the newest when it is used.',
  },
  maxKeysPerOwner: {
    kind: integer(1, 1_000_000),
    fallback: null,
    description: 'How many keys that are neither revoked nor expired an owner may have; unset, any number',
    details: 'The record of an owner can say otherwise.',
  },
  minKeyLifetime: {
    kind: duration,
    fallback: null,
    description: 'The shortest lifetime of a key, such as `1h`; unset, any',
    details: 'It refuses mistakes such as `90` milliseconds in place of `90d`. Disabling and revoking a key still work at once.',
  },
  maxKeyLifetime: {
    kind: duration,
    fallback: null,
    description: 'The longest lifetime of a key, such as `1y`; unset, any, and keys may never expire',
    details:
      'It bounds how far ahead an expiry may lie when somebody sets it, for operators, owners, the library and operator tokens alike. Existing and imported keys keep their expiry.',
  },
  defaultKeyLifetime: {
    kind: duration,
    fallback: null,
    description:
      'When a new key expires whose creator gives no expiry, such as `90d`; unset, after the longest lifetime, or never if there is none',
    details: 'Without a longest lifetime, `expiresAt: null` still makes a key that never expires.',
  },
  guessesPerMinute: {
    kind: integer(1, 1_000_000),
    fallback: 60,
    description: 'How many unknown tokens one IP address (an IPv6 /64) may try each minute before it has to wait',
  },
  cacheKeys: {
    kind: integer(2, 10_000_000),
    fallback: 100_000,
    description: 'How many keys a node keeps in memory, at about 350 bytes each',
    details: 'At least half of the most recently used keys stay.',
  },
  cacheUnknown: {
    kind: integer(2, 10_000_000),
    fallback: 10_000,
    description: 'How many unknown tokens a node remembers, apart from the keys',
  },
  unknownTtlMs: {
    kind: integer(0, 3_600_000),
    fallback: 5_000,
    description: 'How long a node remembers an unknown token, in milliseconds',
  },
  consistency: {
    kind: oneOf('lease', 'strict'),
    fallback: 'lease',
    description: 'Answer from memory under a lease that every change waits for (`lease`), or ask the store each time (`strict`)',
  },
  leaseMs: {
    kind: integer(100, 60_000),
    fallback: 5_000,
    description: 'How long a lease is, in milliseconds: a change that takes authority away waits at most so long for a lost node',
    details: 'Use the same value on all nodes of a database.',
  },
  staleIfErrorMs: {
    kind: integer(0, 86_400_000),
    fallback: 0,
    description: 'How long a node that cannot reach the store answers from memory after its lease has ended, in milliseconds',
    details: 'Such a verdict says `degraded`. The node also accepts what was revoked meanwhile: this gives up the promise for the outage.',
  },
  writeBehindMs: {
    kind: integer(100, 60_000),
    fallback: 10_000,
    description: 'How often a node writes usage, last uses, and the limits that it counts in memory, in milliseconds',
    details: 'Figures are at most so far behind, and a crash loses at most so much of them. A shutdown writes everything.',
  },
  usageHoursKeptDays: {
    kind: integer(2, 366),
    fallback: 14,
    description: 'For how many days Latchkey keeps usage by the hour; it keeps older usage by the day',
  },
  usageDaysKept: {
    kind: integer(92, 36_600),
    fallback: 400,
    description: 'For how many days Latchkey keeps usage by the day; it drops older usage',
    details: 'Use at least as many days as for usage by the hour.',
  },
} satisfies SettingRows;

/**
 * The policy of a node that cannot reach the shared counters of limits:
 * - `deny`: it refuses calls with limits as `unavailable`.
 * - `allow`: it lets them pass.
 * - `local`: it counts by itself, up to its share of each limit.
 *
 * Verdicts of the last two say `degraded`.
 */
export const LIMITER_FAILURE_POLICIES = ['deny', 'allow', 'local'] as const;

export type LimiterFailurePolicy = (typeof LIMITER_FAILURE_POLICIES)[number];

export const LIMITER_SETTINGS = {
  redis: {
    kind: url('use a URL such as redis://localhost:6379'),
    variable: 'REDIS_URL',
    secret: 'password',
    file: 'the URL of Redis',
    fallback: null,
    description: 'Counts limits in Redis 6.2 or later, or Valkey, exactly over all nodes; unset, in PostgreSQL, or with SQLite in memory',
    details:
      'Use `redis://[user:password@]host:port[/database]`, `rediss://…` for TLS, or `redis+cluster://host:port,host:port` for a cluster. The library needs the package `ioredis`. PostgreSQL counts exactly over all nodes too, and slower. Counters in memory are kept in the database, and each node counts by itself.',
  },
  redisPrefix: {
    // Without braces: they would take the place of the hash tag by which a cluster keeps an owner's counters together.
    kind: text('use 1 to 64 letters, digits and . _ : -, such as "latchkey:"', { accepts: /^[\w.:-]{1,64}$/ }),
    fallback: 'latchkey:',
    description: 'What all keys in Redis begin with',
    details: 'Use 1 to 64 of `A-Z a-z 0-9 . _ : -`.',
  },
  limiterTimeoutMs: {
    kind: integer(5, 60_000),
    fallback: 100,
    description: 'How long a call to Redis may take, in milliseconds',
  },
  onLimiterFailure: {
    kind: oneOf(...LIMITER_FAILURE_POLICIES),
    fallback: 'deny',
    description: 'While a node cannot count limits: refuse calls (`deny`), let them pass (`allow`), or count by itself (`local`)',
    details: 'Verdicts under `allow` and `local` say `degraded`. Under `local` each node admits its share of a limit.',
  },
  limitedKeys: {
    kind: integer(1_000, 100_000_000),
    fallback: 1_000_000,
    description: 'How many keys and owners a node counts the limits of in memory at once, at about 100 bytes each',
    details:
      'Beyond that, the node drops counters that are saved and reads them from the database again, so that no limit admits more than it says. Without effect where Redis or PostgreSQL counts.',
  },
  nodes: {
    kind: integer(1, 10_000),
    fallback: 1,
    description: 'How many nodes share the limits at least, for their shares under `local`',
    details: 'Latchkey counts the nodes that share a database by itself.',
  },
} satisfies SettingRows;

/** Numbers in the policy of self-service: options of `selfService`, and settings of the service with the prefix `selfService`. */
export const POLICY_NUMBERS = { maxKeys: integer(1, 1_000_000), changesPerHour: integer(1, 1_000_000) };

/** All settings of the library, by the names of the options of `createLatchkey`. */
export const LIBRARY_SETTINGS = { ...DATABASE_SETTINGS, ...ENGINE_SETTINGS, ...LIMITER_SETTINGS };

export type LibrarySettings = SettingValues<typeof LIBRARY_SETTINGS>;

/** The options whose names are checked, by their types, in every call. */
interface NamedOptions<N extends Names> {
  readonly environments: readonly N['environment'][];
  readonly environment: NoInfer<N['environment']> | null;
  readonly tiers: Readonly<Record<N['tier'], readonly LimitInput[]>>;
  readonly scopes: readonly N['scope'][] | null;
}

/** What an option takes. */
export type SettingInput<N extends Names, Field extends keyof LibrarySettings> = Field extends keyof NamedOptions<N>
  ? NamedOptions<N>[Field]
  : LibrarySettings[Field];
