/** The settings of self-service: how owners sign in, and what they may choose. */
import { duration, flag, integer, list, path, text } from './kinds.js';
import type { Setting } from './setting.js';

export interface SelfServiceConfig {
  readonly jwtJwksUrl: string | null;
  readonly jwtPublicKey: string | null;
  readonly jwtPublicKeyFile: string | null;
  readonly jwtSecret: string | null;
  readonly jwtSecretFile: string | null;
  readonly jwtIssuer: string | null;
  readonly jwtAudience: readonly string[];
  readonly jwtOwnerClaim: string;
  readonly selfServiceScopes: readonly string[];
  readonly selfServiceTiers: readonly string[];
  readonly selfServiceDefaultTier: string | null;
  readonly selfServiceEnvironments: readonly string[];
  readonly selfServiceMaxKeys: number;
  readonly selfServiceMaxExpiry: string;
  readonly selfServiceDefaultExpiry: string | null;
  readonly selfServiceNeverExpires: boolean;
  readonly selfServiceChangesPerHour: number;
}

export const SELF_SERVICE_SETTINGS: { readonly [Field in keyof SelfServiceConfig]: Setting<SelfServiceConfig[Field]> } = {
  jwtJwksUrl: {
    variable: 'LATCHKEY_JWT_JWKS_URL',
    kind: text('use an https URL', /^/, '<url>'),
    fallback: null,
    description: 'Self-service: where the issuer of the JWTs of owners publishes its keys',
  },
  jwtPublicKey: {
    variable: 'LATCHKEY_JWT_PUBLIC_KEY',
    kind: text('use a public key as PEM', /^/, '<pem>'),
    fallback: null,
    description: 'The public key of the issuer as PEM, in place of `LATCHKEY_JWT_JWKS_URL`',
  },
  jwtPublicKeyFile: {
    variable: 'LATCHKEY_JWT_PUBLIC_KEY_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the public key, in place of `LATCHKEY_JWT_PUBLIC_KEY`',
  },
  jwtSecret: {
    variable: 'LATCHKEY_JWT_SECRET',
    secret: true,
    kind: text('use at least 32 bytes; make one with: openssl rand -base64 32', /^/),
    fallback: null,
    description: 'A secret shared with the issuer, at least 32 bytes, in place of `LATCHKEY_JWT_JWKS_URL`',
  },
  jwtSecretFile: {
    variable: 'LATCHKEY_JWT_SECRET_FILE',
    kind: path,
    fallback: null,
    description: 'A file that holds the shared secret, in place of `LATCHKEY_JWT_SECRET`',
  },
  jwtIssuer: {
    variable: 'LATCHKEY_JWT_ISSUER',
    kind: text('use what the claim iss must be', /^/),
    fallback: null,
    description: 'What `iss` of a JWT must be; unset, `/v1/me` takes no JWT and answers 404 "Self-service is not configured"',
  },
  jwtAudience: {
    variable: 'LATCHKEY_JWT_AUDIENCE',
    kind: list('use what the claim aud must be, or several separated by commas', (item) => item !== ''),
    fallback: [],
    description: 'What `aud` of a JWT must be or contain, or one of several',
  },
  jwtOwnerClaim: {
    variable: 'LATCHKEY_JWT_OWNER_CLAIM',
    kind: text('use the name of a claim, such as sub', /^/),
    fallback: 'sub',
    description: 'The claim that says which owner calls',
  },
  selfServiceScopes: {
    variable: 'LATCHKEY_SELF_SERVICE_SCOPES',
    kind: list('use scopes separated by commas, such as articles:read', () => true),
    fallback: [],
    description: 'Scopes that owners may give their keys, each or what it covers',
  },
  selfServiceTiers: {
    variable: 'LATCHKEY_SELF_SERVICE_TIERS',
    kind: list('use names of tiers separated by commas', () => true),
    fallback: [],
    description: 'Tiers that owners may choose from; unset, there is no choice',
  },
  selfServiceDefaultTier: {
    variable: 'LATCHKEY_SELF_SERVICE_DEFAULT_TIER',
    kind: text('use the name of a tier', /^/),
    fallback: null,
    description: 'The tier of a key for which its owner chose none; unset, none',
  },
  selfServiceEnvironments: {
    variable: 'LATCHKEY_SELF_SERVICE_ENVIRONMENTS',
    kind: list('use names of environments separated by commas', () => true),
    fallback: [],
    description: 'Environments that owners may choose from, the default one first; unset, all',
  },
  selfServiceMaxKeys: {
    variable: 'LATCHKEY_SELF_SERVICE_MAX_KEYS',
    kind: integer(1, 1_000_000),
    fallback: 20,
    description: 'Keys, neither revoked nor expired, beyond which an owner may not create another by itself',
  },
  selfServiceMaxExpiry: {
    variable: 'LATCHKEY_SELF_SERVICE_MAX_EXPIRY',
    kind: duration,
    fallback: '1y',
    description: 'How far ahead an owner may set the expiry of a key',
  },
  selfServiceDefaultExpiry: {
    variable: 'LATCHKEY_SELF_SERVICE_DEFAULT_EXPIRY',
    kind: duration,
    fallback: null,
    description: 'When a key expires for which its owner said nothing; unset, after 90 days, or the longest where that is less',
  },
  selfServiceNeverExpires: {
    variable: 'LATCHKEY_SELF_SERVICE_NEVER_EXPIRES',
    kind: flag,
    fallback: false,
    description: 'Whether owners may create keys that never expire',
  },
  selfServiceChangesPerHour: {
    variable: 'LATCHKEY_SELF_SERVICE_CHANGES_PER_HOUR',
    kind: integer(1, 1_000_000),
    fallback: 100,
    description:
      'Changes that an owner may make to its keys in an hour; new sessions are counted apart, up to as many, and revocations, up to 1000 at least',
  },
};
