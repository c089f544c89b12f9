/** The operator's policy for self-service, and what owners ask for, held against it. */
import { readInput, type Refuse } from '../../contract/index.js';
import { createOwnKeyInput } from '../../contract/calls/own-keys.js';
import { POLICY_NUMBERS } from '../../contract/settings/settings.js';
import { ConfigurationError, ForbiddenError, InvalidInputError } from '../../domain/errors.js';
import { grants, isKnownScope, isScope, knownScopesFormat, missingScopes, SCOPE_FORMAT } from '../../domain/scopes.js';
import { isTierName, SHORT_NAME_FORMAT } from '../../domain/text.js';
import { DAY_MS, DURATION_FORMAT, formatDuration, parseDuration } from '../../domain/time.js';
import { optionProblems } from '../../domain/unknown-options.js';
import type { CreateKeyInput } from '../api/index.js';
import type { SelfServicePolicy } from '../api/self-service.js';
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
export function readOwnKey(input: unknown, choices: OwnChoices, { owner, now }: { owner: string; now: number }): CreateKeyInput {
  const [defaultEnvironment] = choices.environments;
  const read = readInput(createOwnKeyInput, input, (given, refuse) => {
    if (given.tier !== undefined && !choices.tiers.includes(given.tier)) {
      refuse('/tier', choices.tiers.length === 0 ? 'The tier is not yours to choose.' : `Use one of ${choices.tiers.join(', ')}.`);
    }
    if (!choices.environments.includes(given.environment ?? defaultEnvironment ?? '')) {
      refuse('/environment', `Use one of ${choices.environments.join(', ')}.`);
    }
    judgeExpiry(given, choices, { now, refuse });
  });
  const { name, scopes = [], environment = defaultEnvironment, ipRules = [] } = read;
  const missing = missingScopes(choices.scopes, scopes);
  if (missing.length > 0) {
    throw new ForbiddenError(`You cannot give scopes beyond those that you may choose from: ${missing.join(', ')}.`, missing);
  }
  assertKnown(scopes, choices);
  return { name, owner, scopes, ipRules, environment, tier: read.tier ?? choices.defaultTier, ...expiryOf(read, choices) };
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

interface Expiry {
  readonly expiresAt?: number | null | undefined;
  readonly expiresIn?: number | undefined;
}

function judgeExpiry(
  { expiresAt, expiresIn }: Expiry,
  { maxExpiryMs, neverExpires }: OwnChoices,
  { now, refuse }: { readonly now: number; readonly refuse: Refuse },
): void {
  const longest = `Use an expiry at most ${formatDuration(maxExpiryMs)} ahead.`;
  if (expiresAt === null && expiresIn === undefined && !neverExpires) refuse('/expiresAt', `Every key expires. ${longest}`);
  if (expiresIn !== undefined && expiresIn > maxExpiryMs) refuse('/expiresIn', longest);
  if (expiresAt != null && expiresAt - now > maxExpiryMs) refuse('/expiresAt', longest);
}

function expiryOf({ expiresAt, expiresIn }: Expiry, { defaultExpiryMs }: OwnChoices): Pick<CreateKeyInput, 'expiresAt' | 'expiresIn'> {
  if (expiresAt === undefined && expiresIn === undefined) return { expiresIn: defaultExpiryMs };
  return {
    ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(expiresIn !== undefined && { expiresIn }),
  };
}

function readDuration(name: string, value: string | number, problems: string[]): number {
  const durationMs = parseDuration(value);
  if (durationMs !== null && durationMs > 0) return durationMs;
  problems.push(`${name}: use ${DURATION_FORMAT}.`);
  return 1;
}
