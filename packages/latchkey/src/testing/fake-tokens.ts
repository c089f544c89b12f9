/** Parses the tokens of a fake verifier. */
import { REFUSAL_CODES, type RefusalCode } from '../contract/errors/errors.js';
import { ConfigurationError } from '../domain/errors.js';
import type { LimitReading } from '../domain/limit.js';
import { nearestName } from '../domain/nearest-name.js';
import { isKnownScope, isScope, knownScopesFormat, SCOPE_FORMAT } from '../domain/scopes.js';
import { isEnvironmentName } from '../domain/token.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { Refusal, ValidVerdict, VerifiedKey } from '../domain/verdict.js';

type Stated<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/**
 * A key, as far as a test states it. The rest is made up from its place among the tokens: the first is `key_0000000000000001`, named
 * `Key 1`, of the owner `owner-1`; without scopes, tier, expiry, limits and credits; of the environment `live`, or that of the options.
 */
export interface FakeKey extends Stated<Omit<VerifiedKey, 'bounds'>> {
  /** How its limits stand after a call: by default it has none. Nothing counts them down. */
  readonly limits?: readonly LimitReading[] | undefined;
  /** Credits that are left after a call; null, the default, for a key without a budget. */
  readonly credits?: number | null | undefined;
  readonly secretId?: string | undefined;
}

/** A refusal with its details. */
export interface FakeRefusal extends Stated<Pick<Refusal, 'limits' | 'retryAfterMs' | 'missingScopes' | 'missingAnyScope'>> {
  readonly code: RefusalCode;
  /** The key that is refused: by default one that is made up, and none for a code that names none. */
  readonly key?: FakeKey | undefined;
}

/** The key that a token stands for, or a refusal by its code or with its details. */
export type FakeToken = FakeKey | FakeRefusal | RefusalCode;

export type KnownKey = Pick<ValidVerdict, 'key' | 'limits' | 'credits' | 'secretId'>;
export type KnownRefusal = Pick<Refusal, 'code' | 'key' | 'limits' | 'retryAfterMs' | 'missingScopes' | 'missingAnyScope'>;
export type KnownToken = KnownKey | KnownRefusal;

export function isRefusal(known: KnownToken): known is KnownRefusal {
  return 'code' in known;
}

interface Setting {
  /** The scopes that exist; null for any. */
  readonly scopes: readonly string[] | null;
  /** Of keys that state none. */
  readonly environment: string;
}

/**
 * Returns what each token stands for. Throws a ConfigurationError that lists every problem, each with the place of the token, counted
 * from 1, and without the token: somebody may have pasted a real one.
 */
export function readFakeTokens(tokens: Readonly<Record<string, FakeToken>>, setting: Setting): ReadonlyMap<string, KnownToken> {
  if (typeof (tokens as unknown) !== 'object' || (tokens as unknown) === null || Array.isArray(tokens))
    throw new ConfigurationError(['tokens: use an object such as { reader: { scopes: ["articles:read"] } }.']);
  const problems: string[] = [];
  const known = Object.entries(tokens).map(([token, stated], index) => {
    const place: Place = { number: index + 1, at: `token ${index + 1}: `, setting, problems };
    if (!TOKEN.test(token)) problems.push(`${place.at}use 1 or more visible ASCII characters: no header carries others.`);
    return [token, readToken(stated, place)] as const;
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Map(known);
}

interface Place {
  readonly number: number;
  /** What each problem begins with. */
  readonly at: string;
  readonly setting: Setting;
  readonly problems: string[];
}

/** As the edge takes tokens from headers. */
const TOKEN = /^[\x21-\x7e]+$/;

const KEY_FIELDS: Readonly<Record<keyof FakeKey, true>> = {
  id: true,
  name: true,
  owner: true,
  tier: true,
  environment: true,
  scopes: true,
  metadata: true,
  expiresAt: true,
  limits: true,
  credits: true,
  secretId: true,
};

const REFUSAL_FIELDS: Readonly<Record<keyof FakeRefusal, true>> = {
  code: true,
  key: true,
  limits: true,
  retryAfterMs: true,
  missingScopes: true,
  missingAnyScope: true,
};

function readToken(stated: FakeToken, place: Place): KnownToken {
  if (typeof stated === 'string') return readRefusal({ code: stated }, place);
  if (typeof (stated as unknown) !== 'object' || (stated as unknown) === null || Array.isArray(stated)) {
    place.problems.push(`${place.at}use a key such as { owner: "ada" }, or the code of a refusal such as "expired".`);
    return readKey({}, place);
  }
  if ('code' in stated) return readRefusal(stated, place);
  // `cod` was meant for a refusal.
  place.problems.push(...optionProblems(stated, { ...KEY_FIELDS, code: true }, place.at));
  return readKey(stated, place);
}

function readRefusal({ code, key, ...details }: FakeRefusal, place: Place): KnownRefusal {
  const { at, problems } = place;
  problems.push(...optionProblems({ code, key, ...details }, REFUSAL_FIELDS, at));
  if (!REFUSAL_CODES.includes(code)) {
    const nearest = nearestName(String(code), REFUSAL_CODES);
    problems.push(`${at}there is no such refusal; ${nearest === null ? `use ${REFUSAL_CODES.join(', ')}.` : `did you mean "${nearest}"?`}`);
  }
  const { retryAfterMs, limits, missingScopes, missingAnyScope } = details;
  if (retryAfterMs !== undefined && !(Number.isFinite(retryAfterMs) && retryAfterMs >= 0))
    problems.push(`${at}retryAfterMs: use milliseconds, 0 or more.`);
  if (key !== undefined) problems.push(...optionProblems(key, KEY_FIELDS, `${at}key.`));
  const named = key !== undefined || !NAMES_NO_KEY.has(code);
  return {
    code,
    key: named ? readKey(key ?? {}, place).key : null,
    ...(limits !== undefined && { limits: readLimits(limits, place) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(missingScopes !== undefined && { missingScopes }),
    ...(missingAnyScope !== undefined && { missingAnyScope }),
  };
}

/** Refusals of a token that is not a key's, or was not looked up. */
const NAMES_NO_KEY: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['missing', 'malformed', 'not_found', 'unavailable']);

function readKey(stated: FakeKey, place: Place): KnownKey {
  const { number, setting } = place;
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined)) as FakeKey;
  const whole = {
    id: `key_${String(number).padStart(16, '0')}`,
    name: `Key ${number}`,
    owner: `owner-${number}`,
    tier: null,
    environment: setting.environment,
    scopes: [],
    metadata: {},
    expiresAt: null,
    secretId: `sec_${String(number).padStart(16, '0')}`,
    credits: null,
    limits: [],
    ...given,
  } as KnownKey & VerifiedKey;
  checkKey(whole, place);
  const { id, name, owner, tier, environment, scopes, metadata, expiresAt, secretId, credits, limits } = whole;
  return {
    key: Object.freeze({ id, name, owner, tier, environment, scopes, metadata, expiresAt }),
    limits: readLimits(limits, place),
    credits,
    secretId,
  };
}

function checkKey(key: KnownKey & VerifiedKey, place: Place): void {
  const { at, problems, setting } = place;
  const report = (isRight: boolean, problem: string): void => void (isRight || problems.push(`${at}${problem}`));
  for (const name of ['id', 'name', 'owner', 'secretId'] as const) report(isText(key[name]), `${name}: use text of at least 1 character.`);
  report(key.tier === null || isText(key.tier), 'tier: use the name of a tier, or null.');
  report(isText(key.environment) && isEnvironmentName(key.environment), 'environment: use the name of an environment, such as "live".');
  report(isObject(key.metadata), 'metadata: use a JSON object.');
  report(key.expiresAt === null || Number.isSafeInteger(key.expiresAt), 'expiresAt: use epoch milliseconds, or null.');
  report(key.credits === null || Number.isSafeInteger(key.credits), 'credits: use an integer, or null.');
  if (!Array.isArray(key.scopes as unknown)) return report(false, 'scopes: use a list such as ["articles:read"].');
  for (const scope of key.scopes as readonly unknown[]) {
    if (typeof scope !== 'string' || !isScope(scope)) report(false, `scopes: use ${SCOPE_FORMAT}.`);
    else if (setting.scopes !== null) report(isKnownScope(setting.scopes, scope), `scopes: use ${knownScopesFormat(setting.scopes)}.`);
  }
}

const READING: Readonly<Record<keyof LimitReading, true>> = {
  name: true,
  limit: true,
  remaining: true,
  resetAt: true,
  algorithm: true,
  windowMs: true,
};

function readLimits(limits: readonly LimitReading[], { at, problems }: Place): readonly LimitReading[] {
  if (!Array.isArray(limits as unknown)) {
    problems.push(`${at}limits: use a list of readings.`);
    return [];
  }
  for (const [index, reading] of limits.entries()) {
    problems.push(...optionProblems(reading, READING, `${at}limits[${index}].`));
    const lacking = Object.keys(READING).filter((name) => !Object.hasOwn(reading, name));
    if (lacking.length > 0) problems.push(`${at}limits[${index}]: state ${lacking.join(', ')}.`);
  }
  return limits;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
