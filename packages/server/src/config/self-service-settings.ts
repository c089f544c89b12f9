/** The settings of self-service: how owners sign in, and what they may choose. */
import { duration, flag, POLICY_NUMBERS, text, type SettingRows } from 'latchkey/internal';
import { listOf } from './kinds.js';

export const SELF_SERVICE_SETTINGS = {
  jwtJwksUrl: {
    kind: text('use an https URL', { noun: 'URL', placeholder: '<url>' }),
    fallback: null,
    description: 'Where the issuer of the JWTs of owners publishes its keys',
  },
  jwtPublicKey: {
    kind: text('use a public key as PEM', { placeholder: '<pem>' }),
    file: 'the public key',
    fallback: null,
    description: 'The public key of the issuer as PEM, in place of `LATCHKEY_JWT_JWKS_URL`',
  },
  jwtSecret: {
    kind: text('use at least 32 bytes (openssl rand -base64 32)'),
    secret: 'value',
    file: 'the shared secret',
    fallback: null,
    description: 'A secret of at least 32 bytes that the issuer shares, in place of `LATCHKEY_JWT_JWKS_URL`',
  },
  jwtIssuer: {
    kind: text('use what the claim iss must be'),
    fallback: null,
    description: 'What the claim `iss` of a JWT must be',
    details: 'Unset, `/v1/me` takes no JWT and answers 404 "Self-service is not configured".',
  },
  jwtAudience: {
    kind: listOf('use what the claim aud must be, or several separated by commas', (item) => item !== ''),
    fallback: [],
    description: 'What the claim `aud` of a JWT must be or contain, or one of several',
  },
  jwtOwnerClaim: {
    kind: text('use the name of a claim, such as sub'),
    fallback: 'sub',
    description: 'The claim that holds the id of the owner who calls',
  },
  selfServiceScopes: {
    kind: listOf('use scopes separated by commas, such as articles:read'),
    fallback: [],
    description: 'Scopes that owners may give their keys, each or what it covers',
  },
  selfServiceTiers: {
    kind: listOf('use names of tiers separated by commas'),
    fallback: [],
    description: 'Tiers that owners may choose from; unset, owners choose none',
  },
  selfServiceDefaultTier: {
    kind: text('use the name of a tier'),
    fallback: null,
    description: 'The tier of a key whose owner chose none; unset, no tier',
  },
  selfServiceEnvironments: {
    kind: listOf('use names of environments separated by commas'),
    fallback: [],
    description: 'Environments that owners may choose from, the default one first; unset, all',
  },
  selfServiceMaxKeys: {
    kind: POLICY_NUMBERS.maxKeys,
    fallback: 20,
    description: 'How many keys that are neither revoked nor expired an owner may have before it cannot create another',
  },
  selfServiceMaxExpiry: {
    kind: duration,
    fallback: null,
    description: 'How far ahead an owner may set the expiry of a key; unset, a year, or the longest lifetime of keys where that is less',
  },
  selfServiceDefaultExpiry: {
    kind: duration,
    fallback: null,
    description:
      'When a key expires whose owner chose no expiry; unset, after the default lifetime of keys, else after 90 days, or the longest where that is less',
  },
  selfServiceNeverExpires: {
    kind: flag,
    fallback: false,
    description: 'Whether owners may create keys that never expire',
  },
  selfServiceChangesPerHour: {
    kind: POLICY_NUMBERS.changesPerHour,
    fallback: 100,
    description: 'How many changes an owner may make to its keys in an hour',
    details: 'Latchkey counts new sessions separately, up to as many, and revocations, up to at least 1000.',
  },
} satisfies SettingRows;
