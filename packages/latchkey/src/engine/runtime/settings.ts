/**
 * The engine's settings: options with every default filled in, refused as a whole where one is wrong.
 *
 * engine/runtime/ owns what every part has in common that is no rule of keys: settings, clocks, chance, pace, statistics.
 */
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import { ConfigurationError } from '../../domain/errors.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';
import { isScope, SCOPE_FORMAT } from '../../domain/scopes.js';
import { estimateSecretBits, OFFLINE_SECRET_BITS } from '../../domain/secret-strength.js';
import { isTierName } from '../../domain/text.js';
import { isEnvironmentName, isTokenPrefix } from '../../domain/token.js';

/** A secret that is mixed into every stored digest, and is kept outside the database. */
export interface Pepper {
  /** 1 to 32 of `a-z 0-9 _ -`; stored beside each digest. */
  readonly id: string;
  /** At least 32 bytes, as text, of 112 bits of estimated entropy: a repetition or a sequence is refused. */
  readonly secret: string;
}

export interface EngineSettings {
  readonly prefix: string;
  readonly environments: readonly string[];
  /** The environment that a verification is held to when it names none; null for any but `operator`. */
  readonly environment: string | null;
  readonly tiers: ReadonlyMap<string, readonly Limit[]>;
  /** Null for any. */
  readonly scopes: readonly string[] | null;
  readonly peppers: readonly Pepper[];
  readonly maxKeysPerOwner: number | null;
  readonly cacheKeys: number;
  readonly cacheUnknown: number;
  readonly unknownTtlMs: number;
  readonly guessesPerMinute: number;
  readonly consistency: 'lease' | 'strict';
  readonly leaseMs: number;
  readonly staleIfErrorMs: number;
  readonly writeBehindMs: number;
  readonly usageHoursKeptDays: number;
  readonly usageDaysKept: number;
}

/** Every setting may be left out. The names that stand here are checked, by their types, in every call. */
export interface SettingsInput<N extends Names = Names> {
  /** What every token begins with: `[a-z][a-z0-9]*(_[a-z0-9]+)*`, up to 24 characters; by default `lk`. */
  readonly prefix?: string | undefined;
  /** The environments that keys may be of, the default one first; by default `live` and `test`. */
  readonly environments?: readonly N['environment'][] | undefined;
  /** The environment that a verification is held to when it names none; by default any but `operator`. */
  readonly environment?: NoInfer<N['environment']> | undefined;
  /** Tiers that the configuration declares; they are applied at start and changed only here. */
  readonly tiers?: Readonly<Record<N['tier'], readonly LimitInput[]>> | undefined;
  /**
   * The scopes that there are, without `*`; by default any. A key is given only these, and what covers one of them with `*` in
   * place of segments, and a verification that asks for another is an error, not a refusal. What a key holds already it keeps.
   */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** The newest first: it signs; the others still verify, and a secret moves to the newest on use. */
  readonly peppers?: readonly Pepper[] | undefined;
  /** Keys, neither revoked nor expired, that an owner may have unless its record says otherwise; by default no bound. */
  readonly maxKeysPerOwner?: number | null | undefined;
  /** Keys kept in memory; by default 100 000, about 350 bytes each. At least half of the most recently used stay. */
  readonly cacheKeys?: number | undefined;
  /** Unknown tokens remembered, apart from the keys; by default 10 000. */
  readonly cacheUnknown?: number | undefined;
  /** How long an unknown token is remembered, in milliseconds; by default 5 000. */
  readonly unknownTtlMs?: number | undefined;
  /** Unknown tokens that one address (an IPv6 /64) may try each minute before it is told to wait; by default 60. */
  readonly guessesPerMinute?: number | undefined;
  /** `lease` (the default): answers come from memory, under a lease. `strict`: every verification asks the store. */
  readonly consistency?: 'lease' | 'strict' | undefined;
  /**
   * How long a lease is, in milliseconds; by default 5 000. A change that takes authority away waits so long, at the most, for a
   * node that is gone. The same on all nodes of a database.
   */
  readonly leaseMs?: number | undefined;
  /**
   * For how long after its lease has run out a node that cannot ask the store goes on answering from memory, as `degraded`; by
   * default 0. What was revoked meanwhile is accepted by it for as long: this gives up the promise for the outage.
   */
  readonly staleIfErrorMs?: number | undefined;
  /**
   * How often a node writes what it counts (usage, last uses, and limits that it counts in memory), in milliseconds; 100 to 60 000,
   * by default 10 000. So far figures may be behind, and so much a crash may lose of them; `close` writes all.
   */
  readonly writeBehindMs?: number | undefined;
  /** For how many days usage is kept by the hour, beside the day that is not over; 2 to 366, by default 14. */
  readonly usageHoursKeptDays?: number | undefined;
  /** For how many days usage is kept by the day; 92 to 36 600, at least as many as by the hour, by default 400. */
  readonly usageDaysKept?: number | undefined;
}

/** Throws a ConfigurationError that lists every problem. */
export function readSettings(input: SettingsInput): EngineSettings {
  const problems: string[] = [];
  const integer = (name: keyof SettingsInput, fallback: number, bounds: number | readonly [min: number, max: number]): number => {
    const [min, max = null] = typeof bounds === 'number' ? [bounds] : bounds;
    const value = input[name] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= (max ?? value)) return value;
    problems.push(`${name}: use an integer ${max === null ? `of at least ${min}` : `from ${min} to ${max}`}.`);
    return fallback;
  };
  const settings: EngineSettings = {
    prefix: readPrefix(input.prefix ?? 'lk', problems),
    environments: readEnvironments(input.environments ?? ['live', 'test'], problems),
    environment: input.environment ?? null,
    tiers: readTiers(input.tiers ?? {}, problems),
    scopes: input.scopes == null ? null : readScopes(input.scopes, problems),
    peppers: readPeppers(input.peppers ?? [], problems),
    maxKeysPerOwner: (input.maxKeysPerOwner ?? null) === null ? null : integer('maxKeysPerOwner', 1, 1),
    cacheKeys: integer('cacheKeys', 100_000, 2),
    cacheUnknown: integer('cacheUnknown', 10_000, 2),
    unknownTtlMs: integer('unknownTtlMs', 5_000, 0),
    guessesPerMinute: integer('guessesPerMinute', 60, 1),
    consistency: input.consistency ?? 'lease',
    leaseMs: integer('leaseMs', 5_000, 100),
    staleIfErrorMs: integer('staleIfErrorMs', 0, 0),
    writeBehindMs: integer('writeBehindMs', 10_000, [100, 60_000]),
    usageHoursKeptDays: integer('usageHoursKeptDays', 14, [2, 366]),
    usageDaysKept: integer('usageDaysKept', 400, [92, 36_600]),
  };
  if (settings.usageDaysKept < settings.usageHoursKeptDays) problems.push('usageDaysKept: keep days at least as long as hours.');
  if (!['lease', 'strict'].includes(settings.consistency)) problems.push('consistency: use "lease" or "strict".');
  if (settings.environment !== null && !settings.environments.includes(settings.environment)) {
    problems.push(`environment: use one of the environments (${settings.environments.join(', ')}).`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return settings;
}

function readPrefix(prefix: string, problems: string[]): string {
  if (!isTokenPrefix(prefix)) {
    problems.push(
      'prefix: use 1 to 24 characters: a lower-case letter first, then letters, digits and single underscores, such as "acme".',
    );
  }
  return prefix;
}

function readEnvironments(environments: readonly string[], problems: string[]): readonly string[] {
  if (environments.length === 0) problems.push('environments: name at least one, such as "live".');
  for (const environment of environments) {
    if (environment === OPERATOR_ENVIRONMENT) {
      problems.push(`environments: "${OPERATOR_ENVIRONMENT}" is reserved for the tokens that open Latchkey's own API.`);
    } else if (!isEnvironmentName(environment)) {
      problems.push('environments: use 1 to 16 characters each: a lower-case letter first, then letters and digits, such as "live".');
    }
  }
  if (new Set(environments).size !== environments.length) problems.push('environments: name each once.');
  return Object.freeze([...environments]);
}

function readTiers(tiers: Readonly<Record<string, readonly LimitInput[]>>, problems: string[]): ReadonlyMap<string, readonly Limit[]> {
  const read = new Map<string, readonly Limit[]>();
  for (const [name, inputs] of Object.entries(tiers)) {
    if (!isTierName(name)) problems.push('tiers: name each with 1 to 32 of a-z, 0-9, _ and -, such as "free".');
    const result = parseLimits(inputs, `/tiers/${name}`);
    if ('issues' in result) problems.push(...result.issues.map((issue) => `${issue.pointer}: ${issue.message}`));
    else read.set(name, result.limits);
  }
  return read;
}

/** Whether callers without types, too, gave a list of such items. */
function areOf<Item>(list: readonly Item[], isOne: (item: Partial<Item> | null | undefined) => boolean): boolean {
  return Array.isArray(list as unknown) && list.every(isOne);
}

function readScopes(scopes: readonly string[], problems: string[]): readonly string[] {
  if (!areOf(scopes, (each) => typeof each === 'string')) {
    problems.push('scopes: use a list such as ["articles:read"].');
    return [];
  }
  if (scopes.length === 0) problems.push('scopes: name at least one, such as "articles:read", or leave the setting out for any.');
  for (const scope of scopes) {
    if (!isScope(scope)) problems.push(`scopes: use ${SCOPE_FORMAT}.`);
    else if (scope.includes('*')) problems.push('scopes: name each without "*"; what covers them with "*" may be given all the same.');
  }
  if (new Set(scopes).size !== scopes.length) problems.push('scopes: name each once.');
  return Object.freeze([...scopes]);
}

function readPeppers(peppers: readonly Pepper[], problems: string[]): readonly Pepper[] {
  if (!areOf(peppers, (each) => typeof each?.id === 'string' && typeof each.secret === 'string')) {
    problems.push('peppers: use a list such as [{ id: "p1", secret: process.env.PEPPER }].');
    return [];
  }
  for (const [index, { id, secret }] of peppers.entries()) {
    if (!/^[a-z0-9_-]{1,32}$/.test(id)) problems.push('peppers: give each an id of 1 to 32 of a-z, 0-9, _ and -.');
    else if (Buffer.byteLength(secret) < 32)
      problems.push(`peppers: "${id}" has fewer than 32 bytes; make one with: openssl rand -base64 32`);
    // An older one still verifies what is stored under it.
    else if (index === 0 && estimateSecretBits(secret) < OFFLINE_SECRET_BITS)
      problems.push(`peppers: "${id}" is easy to guess; make one with: openssl rand -base64 32`);
  }
  if (peppers.length > 4) problems.push('peppers: at most 4; drop those under which no secret is stored any more.');
  if (new Set(peppers.map((pepper) => pepper.id)).size !== peppers.length) problems.push('peppers: give each another id.');
  return Object.freeze([...peppers]);
}
