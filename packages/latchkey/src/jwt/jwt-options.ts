/** Reads the options of a JWT verifier once, when it is made: what is wrong must not wait for the first token. */
import { ConfigurationError } from '../domain/errors.js';
import { isLoopbackHost } from '../domain/ip-rules.js';
import { estimateSecretBits, OFFLINE_SECRET_BITS } from '../domain/secret-strength.js';
import { optionProblems } from '../domain/unknown-options.js';
import { algorithmsOfPublicKey, ASYMMETRIC_ALGORITHMS, SECRET_ALGORITHMS } from './algorithms.js';
import { machineClock, type JwtClock } from './machine-clock.js';

/** One of `jwksUrl`, `publicKey` and `secret` says what tokens are signed with. */
export interface JwtOptions {
  /** Where the issuer publishes its keys (RFC 7517): https, or http on this machine. */
  readonly jwksUrl?: string | undefined;
  /** One public key, as PEM (`-----BEGIN PUBLIC KEY-----`). */
  readonly publicKey?: string | undefined;
  /** A secret shared with the issuer, at least 32 bytes; 48 for HS384, 64 for HS512. */
  readonly secret?: string | undefined;
  /** What `iss` must be, or one of several. */
  readonly issuer: string | readonly string[];
  /** What `aud` must be or contain, or one of several. */
  readonly audience: string | readonly string[];
  /**
   * The only algorithms that are accepted. By default those that fit the public key, all asymmetric ones for a JWKS, HS256 for a
   * secret. A list never has both kinds: else a public key could be taken for a secret.
   */
  readonly algorithms?: readonly string[] | undefined;
  /** The claim that says who calls, as the id of an owner; by default `sub`. */
  readonly ownerClaim?: string | undefined;
  /** How far the clocks of the issuer and of this machine may differ: 0 (the default) to 60 seconds. */
  readonly clockToleranceSeconds?: number | undefined;
  /** Claims that must be there, beside `iss`, `aud`, `exp` and the owner's. */
  readonly requiredClaims?: readonly string[] | undefined;
  /** What the header `typ` must be, such as `at+jwt`; by default anything. */
  readonly typ?: string | undefined;
  /** For tests: the machine's clock by default. */
  readonly clock?: JwtClock | undefined;
}

export interface JwtSettings {
  readonly source: JwtKeySource;
  readonly issuer: string[];
  readonly audience: string[];
  readonly algorithms: string[];
  readonly ownerClaim: string;
  readonly toleranceSeconds: number;
  readonly requiredClaims: string[];
  readonly typ: string | undefined;
  readonly clock: JwtClock;
}

export type JwtKeySource =
  | { readonly kind: 'jwks'; readonly url: URL }
  | { readonly kind: 'public'; readonly pem: string }
  | { readonly kind: 'secret'; readonly bytes: Uint8Array };

/** Throws a ConfigurationError that lists every problem. */
export function readJwtOptions(options: JwtOptions): JwtSettings {
  const problems = optionProblems(options, OPTIONS);
  const source = readSource(options, problems);
  const algorithms = readAlgorithms(options.algorithms, source, problems);
  const toleranceSeconds = options.clockToleranceSeconds ?? 0;
  if (!(Number.isFinite(toleranceSeconds) && toleranceSeconds >= 0 && toleranceSeconds <= 60)) {
    problems.push('clockToleranceSeconds: use a number from 0 to 60.');
  }
  const ownerClaim = options.ownerClaim ?? 'sub';
  const requiredClaims = options.requiredClaims ?? [];
  if (!isText(ownerClaim)) problems.push('ownerClaim: use the name of a claim, such as "sub".');
  if (!isTexts(requiredClaims)) problems.push('requiredClaims: use a list of the names of claims.');
  const issuer = readTexts('issuer', options.issuer, problems);
  const audience = readTexts('audience', options.audience, problems);
  if (problems.length > 0 || source === null) throw new ConfigurationError(problems);
  return {
    source,
    issuer,
    audience,
    algorithms,
    ownerClaim,
    toleranceSeconds,
    requiredClaims: [...new Set([...requiredClaims, ownerClaim, 'exp'])],
    typ: options.typ,
    clock: options.clock ?? machineClock,
  };
}

const OPTIONS: Readonly<Record<keyof JwtOptions, true>> = {
  jwksUrl: true,
  publicKey: true,
  secret: true,
  issuer: true,
  audience: true,
  algorithms: true,
  ownerClaim: true,
  clockToleranceSeconds: true,
  requiredClaims: true,
  typ: true,
  clock: true,
};

function readSource({ jwksUrl, publicKey, secret }: JwtOptions, problems: string[]): JwtKeySource | null {
  if ([jwksUrl, publicKey, secret].filter((one) => one !== undefined).length !== 1) {
    problems.push('jwksUrl, publicKey, secret: give one of them, and no other.');
    return null;
  }
  if (jwksUrl !== undefined) return readUrl(jwksUrl, problems);
  if (publicKey !== undefined) {
    if (algorithmsOfPublicKey(publicKey) !== null) return { kind: 'public', pem: publicKey.trim() };
    problems.push(
      'publicKey: use one RSA, EC (P-256, P-384, P-521) or Ed25519 public key as PEM, beginning with -----BEGIN PUBLIC KEY-----.',
    );
    return null;
  }
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length >= 32 && estimateSecretBits(secret ?? '') >= OFFLINE_SECRET_BITS) return { kind: 'secret', bytes };
  problems.push('secret: use at least 32 bytes that nobody can guess; make one with: openssl rand -base64 32');
  return null;
}

function readUrl(jwksUrl: string, problems: string[]): JwtKeySource | null {
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : null;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url !== null && secure && [url.username, url.password, url.hash].every((part) => part === '')) return { kind: 'jwks', url };
  problems.push(
    'jwksUrl: use an https URL without a user or a fragment (#) in it (http only for this machine: 127.0.0.1, [::1] or localhost).',
  );
  return null;
}

function readAlgorithms(given: readonly string[] | undefined, source: JwtKeySource | null, problems: string[]): string[] {
  if (source === null) return [];
  const possible = possibleOf(source);
  if (given === undefined) return source.kind === 'secret' ? ['HS256'] : [...possible];
  if (given.length > 0 && given.every((name) => possible.includes(name))) return [...given];
  problems.push(`algorithms: with this key, use some of ${possible.join(', ')}.`);
  return [];
}

/** RFC 7518 section 3.2: a secret is at least as long as the hash. */
function possibleOf(source: JwtKeySource): readonly string[] {
  switch (source.kind) {
    case 'jwks':
      return ASYMMETRIC_ALGORITHMS;
    case 'public':
      return algorithmsOfPublicKey(source.pem) ?? [];
    case 'secret':
      return SECRET_ALGORITHMS.filter(({ bytes }) => source.bytes.length >= bytes).map(({ name }) => name);
  }
}

function readTexts(name: 'issuer' | 'audience', value: string | readonly string[], problems: string[]): string[] {
  const texts: readonly string[] = typeof value === 'string' ? [value] : (value ?? []);
  if (texts.length === 0 || !texts.every(isText)) problems.push(`${name}: say which is accepted: a text, or a list of texts.`);
  return [...texts];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
