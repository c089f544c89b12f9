/** The settings as options. Written by tools/reference/settings.js from settings.ts: change that file. */
import type { Names } from '../../domain/names.js';
import type { SettingInput } from './settings.js';

/** Settings that a program gives, each of which it may leave out. */
export interface SettingsInput<N extends Names = Names> {
  /**
   * The database: the file of SQLite, or the URL of a PostgreSQL database. Use `file:<path>`,
   * `postgres://user:password@host:5432/database`, or `:memory:` for a database that ends with the
   * process. Latchkey creates a file that does not exist. Default: `file:./latchkey.db`.
   */
  readonly database?: SettingInput<N, 'database'> | undefined;
  /**
   * How many connections to PostgreSQL a node opens at most. Two of them are for changes and one is
   * for leases. One more connection listens for changes. Whole number from 3 to 1000; default:
   * `10`.
   */
  readonly databasePool?: SettingInput<N, 'databasePool'> | undefined;
  /**
   * How long a call to PostgreSQL waits for a connection, for its turn, and for an answer, in
   * milliseconds. Whole number from 100 to 600000; default: `5000`.
   */
  readonly databaseTimeoutMs?: SettingInput<N, 'databaseTimeoutMs'> | undefined;
  /**
   * What every token begins with. Use 1 to 24 characters that match `[a-z][a-z0-9]*(_[a-z0-9]+)*`.
   * Default: `lk`.
   */
  readonly prefix?: SettingInput<N, 'prefix'> | undefined;
  /**
   * The environments that keys may have; the first one is the default of a new key. Default:
   * `live,test`.
   */
  readonly environments?: SettingInput<N, 'environments'> | undefined;
  /** The environment that a verification requires when it names none; unset, any but `operator`. */
  readonly environment?: SettingInput<N, 'environment'> | undefined;
  /**
   * Tiers and their limits, such as `{"free":[{"name":"daily","limit":100,"window":"1d"}]}`.
   * Latchkey applies them when it starts. Nobody can change these tiers anywhere else. Default:
   * none.
   */
  readonly tiers?: SettingInput<N, 'tiers'> | undefined;
  /**
   * The scopes that exist, without `*`; unset, any. A key gets only these, or what covers one of
   * them with `*` in place of segments. A verification that asks for another scope is an error, not
   * a refusal. A key keeps the scopes that it already holds.
   */
  readonly scopes?: SettingInput<N, 'scopes'> | undefined;
  /**
   * Secrets that Latchkey mixes into every stored digest, the newest first, each of at least 32
   * bytes. A variable or a file holds them as `id:secret,…`. The newest signs, the others still
   * verify, and a secret moves to the newest when it is used. Default: none.
   */
  readonly peppers?: SettingInput<N, 'peppers'> | undefined;
  /**
   * How many keys that are neither revoked nor expired an owner may have; unset, any number. The
   * record of an owner can say otherwise. Whole number from 1 to 1000000.
   */
  readonly maxKeysPerOwner?: SettingInput<N, 'maxKeysPerOwner'> | undefined;
  /**
   * The shortest lifetime of a key, such as `1h`; unset, any. It refuses mistakes such as `90`
   * milliseconds in place of `90d`. Disabling and revoking a key still work at once.
   */
  readonly minKeyLifetime?: SettingInput<N, 'minKeyLifetime'> | undefined;
  /**
   * The longest lifetime of a key, such as `1y`; unset, any, and keys may never expire. It bounds
   * how far ahead an expiry may lie when somebody sets it, for operators, owners, the library and
   * operator tokens alike. Existing and imported keys keep their expiry.
   */
  readonly maxKeyLifetime?: SettingInput<N, 'maxKeyLifetime'> | undefined;
  /**
   * When a new key expires whose creator gives no expiry, such as `90d`; unset, after the longest
   * lifetime, or never if there is none. Without a longest lifetime, `expiresAt: null` still makes
   * a key that never expires.
   */
  readonly defaultKeyLifetime?: SettingInput<N, 'defaultKeyLifetime'> | undefined;
  /**
   * How many unknown tokens one IP address (an IPv6 /64) may try each minute before it has to wait.
   * Whole number from 1 to 1000000; default: `60`.
   */
  readonly guessesPerMinute?: SettingInput<N, 'guessesPerMinute'> | undefined;
  /**
   * How many keys a node keeps in memory, at about 350 bytes each. At least half of the most
   * recently used keys stay. Whole number from 2 to 10000000; default: `100000`.
   */
  readonly cacheKeys?: SettingInput<N, 'cacheKeys'> | undefined;
  /**
   * How many unknown tokens a node remembers, apart from the keys. Whole number from 2 to 10000000;
   * default: `10000`.
   */
  readonly cacheUnknown?: SettingInput<N, 'cacheUnknown'> | undefined;
  /**
   * How long a node remembers an unknown token, in milliseconds. Whole number from 0 to 3600000;
   * default: `5000`.
   */
  readonly unknownTtlMs?: SettingInput<N, 'unknownTtlMs'> | undefined;
  /**
   * Answer from memory under a lease that every change waits for (`lease`), or ask the store each
   * time (`strict`). Default: `lease`.
   */
  readonly consistency?: SettingInput<N, 'consistency'> | undefined;
  /**
   * How long a lease is, in milliseconds: a change that takes authority away waits at most so long
   * for a lost node. Use the same value on all nodes of a database. Whole number from 100 to 60000;
   * default: `5000`.
   */
  readonly leaseMs?: SettingInput<N, 'leaseMs'> | undefined;
  /**
   * How long a node that cannot reach the store answers from memory after its lease has ended, in
   * milliseconds. Such a verdict says `degraded`. The node also accepts what was revoked meanwhile:
   * this gives up the promise for the outage. Whole number from 0 to 86400000; default: `0`.
   */
  readonly staleIfErrorMs?: SettingInput<N, 'staleIfErrorMs'> | undefined;
  /**
   * How often a node writes usage, last uses, and the limits that it counts in memory, in
   * milliseconds. Figures are at most so far behind, and a crash loses at most so much of them. A
   * shutdown writes everything. Whole number from 100 to 60000; default: `10000`.
   */
  readonly writeBehindMs?: SettingInput<N, 'writeBehindMs'> | undefined;
  /**
   * For how many days Latchkey keeps usage by the hour; it keeps older usage by the day. Whole
   * number from 2 to 366; default: `14`.
   */
  readonly usageHoursKeptDays?: SettingInput<N, 'usageHoursKeptDays'> | undefined;
  /**
   * For how many days Latchkey keeps usage by the day; it drops older usage. Use at least as many
   * days as for usage by the hour. Whole number from 92 to 36600; default: `400`.
   */
  readonly usageDaysKept?: SettingInput<N, 'usageDaysKept'> | undefined;
  /**
   * Counts limits in Redis 6.2 or later, or Valkey, exactly over all nodes; unset, in PostgreSQL,
   * or with SQLite in memory. Use `redis://[user:password@]host:port[/database]`, `rediss://…` for
   * TLS, or `redis+cluster://host:port,host:port` for a cluster. The library needs the package
   * `ioredis`. PostgreSQL counts exactly over all nodes too, and slower. Counters in memory are
   * kept in the database, and each node counts by itself.
   */
  readonly redis?: SettingInput<N, 'redis'> | undefined;
  /**
   * What all keys in Redis begin with. Use 1 to 64 of `A-Z a-z 0-9 . _ : -`. Default: `latchkey:`.
   */
  readonly redisPrefix?: SettingInput<N, 'redisPrefix'> | undefined;
  /**
   * How long a call to Redis may take, in milliseconds. Whole number from 5 to 60000; default:
   * `100`.
   */
  readonly limiterTimeoutMs?: SettingInput<N, 'limiterTimeoutMs'> | undefined;
  /**
   * While a node cannot count limits: refuse calls (`deny`), let them pass (`allow`), or count by
   * itself (`local`). Verdicts under `allow` and `local` say `degraded`. Under `local` each node
   * admits its share of a limit. Default: `deny`.
   */
  readonly onLimiterFailure?: SettingInput<N, 'onLimiterFailure'> | undefined;
  /**
   * How many keys and owners a node counts the limits of in memory at once, at about 100 bytes
   * each. Beyond that, the node drops counters that are saved and reads them from the database
   * again, so that no limit admits more than it says. Without effect where Redis or PostgreSQL
   * counts. Whole number from 1000 to 100000000; default: `1000000`.
   */
  readonly limitedKeys?: SettingInput<N, 'limitedKeys'> | undefined;
  /**
   * How many nodes share the limits at least, for their shares under `local`. Latchkey counts the
   * nodes that share a database by itself. Whole number from 1 to 10000; default: `1`.
   */
  readonly nodes?: SettingInput<N, 'nodes'> | undefined;
}
