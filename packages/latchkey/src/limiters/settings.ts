/** How limits are counted where that is not in memory alone: options with every default filled in, refused as a whole where one is wrong. */
import { ConfigurationError } from '../domain/errors.js';
import { LIMITER_FAILURE_POLICIES, type LimiterFailurePolicy } from './failover.js';
import { parseRedisUrl, type RedisAddress } from './redis/address.js';

/** Every setting may be left out. */
export interface LimiterSettingsInput {
  /**
   * Counts limits in Redis 6.2 or later, or Valkey, exactly over all nodes that use it: `redis://[user:password@]host:port[/database]`,
   * `rediss://…` for TLS, `redis+cluster://host:port,host:port` for a cluster. Needs the package `ioredis`.
   * By default limits are counted in PostgreSQL where that is the database, exactly too, and slower; with SQLite in the memory
   * of each node, and survive in the database.
   */
  readonly redis?: string | undefined;
  /** What all keys in Redis begin with: 1 to 64 of `A-Z a-z 0-9 . _ : -`; by default `latchkey:`. */
  readonly redisPrefix?: string | undefined;
  /** How long a call to a limiter on another machine may take, in milliseconds, from 5 to 60 000; by default 100. */
  readonly limiterTimeoutMs?: number | undefined;
  /**
   * What becomes of calls while limits cannot be counted: `deny` (the default) refuses them, `allow` lets them pass,
   * `local` counts them by this node alone, up to its share. The last two mark the verdict `degraded`.
   */
  readonly onLimiterFailure?: LimiterFailurePolicy | undefined;
  /**
   * Keys and owners whose limits are counted in this node's memory at once, from 1 000 to 100 000 000; by default 1 000 000, about
   * 100 bytes each. Beyond it, those whose counts are saved are dropped and read from the database again, so that no limit admits
   * more than it says. Without effect where Redis or PostgreSQL counts.
   */
  readonly limitedKeys?: number | undefined;
  /** How many nodes share the limits at least, for their shares under `local`; by default 1. Those that share a database are counted. */
  readonly nodes?: number | undefined;
}

export interface LimiterSettings {
  readonly redis: RedisAddress | null;
  readonly redisPrefix: string;
  readonly limiterTimeoutMs: number;
  readonly limitedKeys: number;
  readonly onLimiterFailure: LimiterFailurePolicy;
  readonly nodes: number;
}

/** Throws a ConfigurationError that lists every problem, and repeats no value. */
export function readLimiterSettings(input: LimiterSettingsInput): LimiterSettings {
  const problems: string[] = [];
  const integer = (
    name: 'limiterTimeoutMs' | 'limitedKeys' | 'nodes',
    fallback: number,
    { min, max }: { min: number; max: number },
  ): number => {
    const value = input[name] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name}: use an integer from ${min} to ${max}.`);
    return fallback;
  };
  const address = input.redis === undefined ? null : parseRedisUrl(input.redis);
  if (address !== null && !address.ok) problems.push(`redis: ${address.problem}.`);
  const redisPrefix = input.redisPrefix ?? 'latchkey:';
  // Without braces: they would take the place of the hash tag by which a cluster keeps an owner's counters together.
  if (!/^[\w.:-]{1,64}$/.test(redisPrefix)) problems.push('redisPrefix: use 1 to 64 letters, digits and . _ : -, such as "latchkey:".');
  const policy = input.onLimiterFailure ?? 'deny';
  if (!LIMITER_FAILURE_POLICIES.includes(policy)) problems.push(`onLimiterFailure: use one of ${LIMITER_FAILURE_POLICIES.join(', ')}.`);
  const settings: LimiterSettings = {
    redis: address?.ok === true ? address.value : null,
    redisPrefix,
    limiterTimeoutMs: integer('limiterTimeoutMs', 100, { min: 5, max: 60_000 }),
    limitedKeys: integer('limitedKeys', 1_000_000, { min: 1_000, max: 100_000_000 }),
    onLimiterFailure: policy,
    nodes: integer('nodes', 1, { min: 1, max: 10_000 }),
  };
  if (problems.length > 0) throw new ConfigurationError(problems);
  return settings;
}
