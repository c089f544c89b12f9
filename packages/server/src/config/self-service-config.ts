/** Self-service as the configuration has it: how owners sign in, and what they may choose. */
import { ConfigurationError, type SelfServicePolicy } from 'latchkey';
import { readJwtOptions, readSelfServicePolicy } from 'latchkey/internal';
import type { SettingNames } from 'latchkey/internal';
import type { JwtOptions } from 'latchkey/jwt';
import type { Config } from './settings.js';

/** Null where nothing of it is configured. */
export function jwtOptionsOf(config: Config): JwtOptions | null {
  const { jwtJwksUrl, jwtPublicKey, jwtSecret, jwtIssuer, jwtAudience, jwtOwnerClaim } = config;
  if (jwtJwksUrl === null && jwtPublicKey === null && jwtSecret === null && jwtIssuer === null && jwtAudience.length === 0) return null;
  return {
    ...(jwtJwksUrl !== null && { jwksUrl: jwtJwksUrl }),
    ...(jwtPublicKey !== null && { publicKey: jwtPublicKey }),
    ...(jwtSecret !== null && { secret: jwtSecret }),
    issuer: jwtIssuer ?? [],
    audience: jwtAudience,
    ownerClaim: jwtOwnerClaim,
  };
}

export function policyOf(config: Config): SelfServicePolicy {
  return {
    scopes: config.selfServiceScopes,
    tiers: config.selfServiceTiers,
    defaultTier: config.selfServiceDefaultTier,
    environments: config.selfServiceEnvironments.length === 0 ? undefined : config.selfServiceEnvironments,
    maxKeys: config.selfServiceMaxKeys,
    maxExpiry: config.selfServiceMaxExpiry ?? undefined,
    defaultExpiry: config.selfServiceDefaultExpiry ?? undefined,
    neverExpires: config.selfServiceNeverExpires,
    changesPerHour: config.selfServiceChangesPerHour,
  };
}

/** What is wrong with it, each problem under the name by which the value came. */
export function selfServiceProblems(config: Config, { nameOf }: SettingNames): readonly string[] {
  const jwt = jwtOptionsOf(config);
  const named = (prefix: 'jwt' | 'selfService') => (option: string) => {
    const field = `${prefix}${option.slice(0, 1).toUpperCase()}${option.slice(1)}`;
    // A problem may also name a setting of the whole service, such as the longest lifetime of keys.
    return nameOf(Object.hasOwn(config, field) ? field : option);
  };
  return [
    ...(jwt === null ? [] : problemsOf(() => readJwtOptions(jwt), named('jwt'))),
    ...problemsOf(() => readSelfServicePolicy(policyOf(config), config), named('selfService')),
  ];
}

function problemsOf(read: () => unknown, nameOf: (option: string) => string): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((problem) => problem.replace(/^[\w, ]+(?=: )/, (options) => options.replaceAll(/\w+/g, nameOf)));
  }
}
