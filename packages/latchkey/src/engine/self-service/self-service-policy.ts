/** The operator's policy for self-service, and what owners ask for, held against it. */
import { POLICY_NUMBERS } from '../../contract/settings.js';
import { ConfigurationError, ForbiddenError, InvalidInputError, type InputIssue } from '../../domain/errors.js';
import { grants, isKnownScope, isScope, knownScopesFormat, missingScopes, SCOPE_FORMAT } from '../../domain/scopes.js';
import { isTierName, SHORT_NAME_FORMAT } from '../../domain/text.js';
import { DAY_MS, DURATION_FORMAT, formatDuration, parseDuration, parseInstant } from '../../domain/time.js';
import { optionProblems } from '../../domain/unknown-options.js';
import type { CreateKeyInput } from '../api/index.js';
import type { CreateOwnKeyInput, SelfServicePolicy } from '../api/self-service.js';
import { areTexts } from '../fields/takes.js';
import { type EngineSettings, lifetimesOf, type LifetimeSettings } from '../runtime/settings.js';

/** The policy with every default filled in. */
export interface OwnChoices {
  readonly scopes: readonly string[];
  /** Of the scopes that there are, those that these cover; null where any is one. */
  readonly knownScopes: readonly string[] | null;
  readonly tiers: readonly string[];
  readonly defaultTier: string | null;
  readonly environments: readonly string[];
  readonly maxExpiryMs: number;
  readonly defaultExpiryMs: number;
  readonly neverExpires: boolean;
  readonly maxKeys: number;
  readonly changesPerHour: number;
}

const POLICY: Readonly<Record<keyof SelfServicePolicy, true>> = {
  scopes: true,
  tiers: true,
  defaultTier: true,
  environments: true,
  maxExpiry: true,
  defaultExpiry: true,
  neverExpires: true,
  maxKeys: true,
  changesPerHour: true,
};

/** Throws a ConfigurationError that lists every problem. */
export function readPolicy(
  policy: SelfServicePolicy,
  settings: Pick<EngineSettings, 'environments' | 'scopes'> & LifetimeSettings,
): OwnChoices {
  const problems = optionProblems(policy, POLICY);
  const { scopes = [], defaultTier = null, environments = settings.environments, neverExpires = false } = policy;
  const { maxKeys = 20, changesPerHour = 100 } = policy;
  const tiers = policy.tiers ?? [];
  const known = settings.scopes;
  const { minMs, maxMs, defaultMs } = lifetimesOf(settings);
  const within = (ms: number): number => Math.min(Math.max(ms, minMs ?? 0), maxMs ?? Infinity);
  const maxExpiryMs = readDuration('maxExpiry', policy.maxExpiry ?? within(365 * DAY_MS), problems);
  const usualMs = Math.min(within(settings.defaultKeyLifetime === null ? 90 * DAY_MS : (defaultMs ?? 0)), maxExpiryMs);
  const defaultExpiryMs = readDuration('defaultExpiry', policy.defaultExpiry ?? usualMs, problems);
  if (!areTexts(scopes) || !scopes.every(isScope)) problems.push(`scopes: use a list; each is ${SCOPE_FORMAT}.`);
  else if (known !== null && !scopes.every((scope) => isKnownScope(known, scope)))
    problems.push(`scopes: use ${knownScopesFormat(known)}.`);
  if (!areTexts(tiers) || ![...tiers, ...(defaultTier === null ? [] : [defaultTier])].every(isTierName)) {
    problems.push(`tiers, defaultTier: name each with ${SHORT_NAME_FORMAT}.`);
  }
  if (!areTexts(environments) || environments.length === 0 || !environments.every((name) => settings.environments.includes(name))) {
    problems.push(`environments: use some of the configured ones (${settings.environments.join(', ')}).`);
  }
  if (defaultExpiryMs > maxExpiryMs) problems.push('defaultExpiry: use one that is not longer than maxExpiry.');
  if (maxMs !== null && maxExpiryMs > maxMs)
    problems.push('maxExpiry, maxKeyLifetime: let owners choose no longer lifetime than keys may have.');
  if (maxMs !== null && neverExpires === true) problems.push('neverExpires, maxKeyLifetime: leave one out, since every key expires.');
  if (minMs !== null && maxExpiryMs < minMs) problems.push('maxExpiry, minKeyLifetime: let owners choose the shortest lifetime at least.');
  else if (minMs !== null && defaultExpiryMs < minMs) problems.push('defaultExpiry, minKeyLifetime: use a default that is not shorter.');
  if (typeof neverExpires !== 'boolean') problems.push('neverExpires: use true or false.');
  for (const [name, value] of Object.entries({ maxKeys, changesPerHour })) {
    POLICY_NUMBERS[name as keyof typeof POLICY_NUMBERS].read(value, (remedy) => void problems.push(`${name}: ${remedy}.`));
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const knownScopes = known?.filter((each) => grants(scopes, each)) ?? null;
  return { scopes, knownScopes, tiers, defaultTier, environments, maxExpiryMs, defaultExpiryMs, neverExpires, maxKeys, changesPerHour };
}

/**
 * What is asked for as the input of a key: every choice is within the policy, and what was not chosen is as the policy has it.
 * Throws an InvalidInputError that names every problem, or a ForbiddenError for scopes that owners may not give.
 */
export function readOwnKey(input: CreateOwnKeyInput, choices: OwnChoices, { owner, now }: { owner: string; now: number }): CreateKeyInput {
  assertFields(input, ['name', 'scopes', 'tier', 'environment', 'expiresAt', 'expiresIn', 'ipRules']);
  const issues: InputIssue[] = [];
  const { name, scopes = [], environment = choices.environments[0], ipRules = [] } = input;
  if (!areTexts(scopes)) issues.push({ pointer: '/scopes', message: 'Use a list of texts.' });
  if (!areTexts(ipRules)) issues.push({ pointer: '/ipRules', message: 'Use a list of texts.' });
  if (input.tier !== undefined && !choices.tiers.includes(input.tier)) {
    const message = choices.tiers.length === 0 ? 'The tier is not yours to choose.' : `Use one of ${choices.tiers.join(', ')}.`;
    issues.push({ pointer: '/tier', message });
  }
  if (environment === undefined || !choices.environments.includes(environment)) {
    issues.push({ pointer: '/environment', message: `Use one of ${choices.environments.join(', ')}.` });
  }
  const expiry = readExpiry(input, choices, { now, issues });
  if (issues.length > 0) throw new InvalidInputError(issues);
  const missing = missingScopes(choices.scopes, scopes);
  if (missing.every(isScope) && missing.length > 0) {
    throw new ForbiddenError(`You cannot give scopes beyond those that you may choose from: ${missing.join(', ')}.`, missing);
  }
  assertKnown(scopes, choices);
  return { name, owner, scopes, ipRules, environment, tier: input.tier ?? choices.defaultTier, ...expiry };
}

/** Before the key is made, where the refusal would name all scopes that there are and not only those that are an owner's to choose. */
function assertKnown(scopes: readonly string[], { knownScopes }: OwnChoices): void {
  if (knownScopes === null) return;
  const message = `Use ${knownScopesFormat(knownScopes)}.`;
  const issues = scopes.flatMap((scope, index) =>
    isScope(scope) && !isKnownScope(knownScopes, scope) ? [{ pointer: `/scopes/${index}`, message }] : [],
  );
  if (issues.length > 0) throw new InvalidInputError(issues);
}

/** Throws an InvalidInputError that names every field that is not among `known`. */
export function assertFields(input: object, known: readonly string[]): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInputError([{ pointer: '', message: 'Use an object.' }]);
  }
  const unknown = Object.keys(input).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  // Somebody may have put a token where a name should be.
  const pointerOf = (name: string): string => (/^[A-Za-z]\w{0,31}$/.test(name) ? `/${name}` : '');
  throw new InvalidInputError(
    unknown.map((name) => ({ pointer: pointerOf(name), message: `This is not yours to choose; use ${known.join(', ')}.` })),
  );
}

type Expiry = Pick<CreateKeyInput, 'expiresAt' | 'expiresIn'>;

function readExpiry(
  { expiresAt, expiresIn }: CreateOwnKeyInput,
  { defaultExpiryMs, maxExpiryMs, neverExpires }: OwnChoices,
  { now, issues }: { readonly now: number; readonly issues: InputIssue[] },
): Expiry {
  const longest = `Use an expiry at most ${formatDuration(maxExpiryMs)} ahead.`;
  if (expiresAt === null && expiresIn === undefined) {
    if (!neverExpires) issues.push({ pointer: '/expiresAt', message: `Every key expires. ${longest}` });
    return { expiresAt };
  }
  if (expiresAt == null && expiresIn === undefined) return { expiresIn: defaultExpiryMs };
  // What cannot be read at all is refused, by its name, where every key is made.
  const durationMs = expiresIn === undefined ? null : parseDuration(expiresIn);
  const instant = typeof expiresAt === 'string' ? parseInstant(expiresAt) : null;
  if (durationMs !== null && durationMs > maxExpiryMs) issues.push({ pointer: '/expiresIn', message: longest });
  if (instant !== null && instant - now > maxExpiryMs) issues.push({ pointer: '/expiresAt', message: longest });
  return { ...(expiresAt !== undefined && { expiresAt }), ...(expiresIn !== undefined && { expiresIn }) };
}

function readDuration(name: string, value: string | number, problems: string[]): number {
  const durationMs = parseDuration(value);
  if (durationMs !== null && durationMs > 0) return durationMs;
  problems.push(`${name}: use ${DURATION_FORMAT}.`);
  return 1;
}
