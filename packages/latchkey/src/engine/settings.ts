/** The engine's settings: options with every default filled in, refused as a whole where one is wrong. */
import { OPERATOR_ENVIRONMENT } from '../domain/actor.js';
import { ConfigurationError } from '../domain/errors.js';
import { parseLimits } from '../domain/limit-input.js';
import type { Limit, LimitInput } from '../domain/limit.js';
import { isTierName } from '../domain/text.js';
import { isEnvironmentName, isTokenPrefix } from '../domain/token.js';

/** A secret that is mixed into every stored digest, and is kept outside the database. */
export interface Pepper {
  /** 1 to 32 of `a-z 0-9 _ -`; stored beside each digest. */
  readonly id: string;
  /** At least 32 bytes, as text. */
  readonly secret: string;
}

export interface EngineSettings {
  readonly prefix: string;
  readonly environments: readonly string[];
  /** The environment that a verification is held to when it names none; null for any but `operator`. */
  readonly environment: string | null;
  readonly tiers: ReadonlyMap<string, readonly Limit[]>;
  readonly peppers: readonly Pepper[];
  readonly maxKeysPerOwner: number | null;
  readonly cacheKeys: number;
  readonly cacheUnknown: number;
  readonly unknownTtlMs: number;
  readonly guessesPerMinute: number;
}

/** Every setting may be left out. */
export interface SettingsInput {
  /** What every token begins with: `[a-z][a-z0-9]*(_[a-z0-9]+)*`, up to 24 characters; by default `lk`. */
  readonly prefix?: string | undefined;
  /** The environments that keys may be of, the default one first; by default `live` and `test`. */
  readonly environments?: readonly string[] | undefined;
  /** The environment that a verification is held to when it names none; by default any but `operator`. */
  readonly environment?: string | undefined;
  /** Tiers that the configuration declares; they are applied at start and changed only here. */
  readonly tiers?: Readonly<Record<string, readonly LimitInput[]>> | undefined;
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
}

/** Throws a ConfigurationError that lists every problem. */
export function readSettings(input: SettingsInput): EngineSettings {
  const problems: string[] = [];
  const integer = (name: keyof SettingsInput, fallback: number, min: number): number => {
    const value = input[name] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
    problems.push(`${name}: use an integer of at least ${min}.`);
    return fallback;
  };
  const settings: EngineSettings = {
    prefix: readPrefix(input.prefix ?? 'lk', problems),
    environments: readEnvironments(input.environments ?? ['live', 'test'], problems),
    environment: input.environment ?? null,
    tiers: readTiers(input.tiers ?? {}, problems),
    peppers: readPeppers(input.peppers ?? [], problems),
    maxKeysPerOwner: (input.maxKeysPerOwner ?? null) === null ? null : integer('maxKeysPerOwner', 1, 1),
    cacheKeys: integer('cacheKeys', 100_000, 2),
    cacheUnknown: integer('cacheUnknown', 10_000, 2),
    unknownTtlMs: integer('unknownTtlMs', 5_000, 0),
    guessesPerMinute: integer('guessesPerMinute', 60, 1),
  };
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

function readPeppers(peppers: readonly Pepper[], problems: string[]): readonly Pepper[] {
  for (const { id, secret } of peppers) {
    if (!/^[a-z0-9_-]{1,32}$/.test(id)) problems.push('peppers: give each an id of 1 to 32 of a-z, 0-9, _ and -.');
    else if (Buffer.byteLength(secret) < 32)
      problems.push(`peppers: "${id}" has fewer than 32 bytes; make one with: openssl rand -base64 32`);
  }
  if (peppers.length > 4) problems.push('peppers: at most 4; drop those under which no secret is stored any more.');
  if (new Set(peppers.map((pepper) => pepper.id)).size !== peppers.length) problems.push('peppers: give each another id.');
  return Object.freeze([...peppers]);
}
