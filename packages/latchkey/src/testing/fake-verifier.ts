import { REFUSAL_TEXTS } from '../contract/errors/error-texts.js';
import type { RefusalCode } from '../contract/errors/errors.js';
import { decide } from '../domain/decide.js';
import { ConfigurationError } from '../domain/errors.js';
import { isScope, lackingScopes, SCOPE_FORMAT } from '../domain/scopes.js';
import { isEnvironmentName, type Token } from '../domain/token.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { Refusal, ValidVerdict, Verdict } from '../domain/verdict.js';
import { systemClock } from '../engine/runtime/system.js';
import { createRequestReader, type ReadRequest } from '../engine/verify/verify-request.js';
import type { Clock } from '../ports/clock.js';
import type { Verifier, VerifyRequest } from '../ports/verifier.js';
import { isRefusal, readFakeTokens, type FakeToken, type KnownRefusal, type KnownToken } from './fake-tokens.js';

export interface FakeVerifierOptions {
  /** The scopes that exist, as for `createLatchkey`: a guard or a call that asks for another one is an error. By default any. */
  readonly scopes?: readonly string[] | undefined;
  /** The environment that a key must be of where a call names none; by default any. */
  readonly environment?: string | undefined;
  /** Says when a key expires; by default the machine's clock. `createTestClock` gives one that the test moves. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

/** One verification that the fake was asked for. */
export interface FakeCall {
  readonly token: string;
  /** As the guard, or the route, asked it. */
  readonly request: VerifyRequest;
  readonly verdict: Verdict;
}

export interface FakeVerifier extends Verifier {
  /** Every verification since the start or the last `reset`, in order. A guard that finds no token asks for none. */
  readonly calls: readonly FakeCall[];
  /** Forgets the calls. */
  reset(): void;
}

/**
 * Returns a verifier for tests of your own routes: it needs no database and no engine, and stands wherever a guard takes
 * `createLatchkey()` or `createClient()`.
 *
 * A token stands for a key, of which the test states what matters; for a refusal, by its code; or for a refusal with its details.
 * Any other token is refused as `not_found`. The fake judges scopes, environment and expiry by the rules of the engine, and rejects a
 * request that the engine would reject with the same InvalidInputError. It counts no limits: a key shows the limits and credits that the
 * test states, and a token is `rate_limited` where the test says so.
 *
 * Throws a ConfigurationError that lists every problem: a field that does not exist, with the nearest one that does, or a value
 * that no key has.
 *
 * @example
 * const keys = fakeVerifier({
 *   reader: { owner: 'ada', scopes: ['articles:read'] },
 *   old: 'expired',
 *   busy: { code: 'rate_limited', retryAfterMs: 30_000 },
 * });
 * const app = createApp(keys); // your own
 * const response = await app.request('/articles', { headers: { Authorization: 'Bearer reader' } });
 */
export function fakeVerifier(tokens: Readonly<Record<string, FakeToken>>, options: FakeVerifierOptions = {}): FakeVerifier {
  const { scopes = null, environment = null, clock = systemClock } = options;
  const problems = optionProblems(options, OPTIONS);
  if (scopes !== null && !(Array.isArray(scopes as unknown) && scopes.every(isScope)))
    problems.push(`scopes: use a list of ${SCOPE_FORMAT}.`);
  if (environment !== null && !isEnvironmentName(environment))
    problems.push('environment: use the name of an environment, such as "live".');
  if (typeof clock.now !== 'function') problems.push('clock: use what createTestClock gives.');
  if (problems.length > 0) throw new ConfigurationError(problems);
  const known = readFakeTokens(tokens, { scopes, environment: environment ?? 'live' });
  const readRequest = createRequestReader({ environment, scopes });
  const calls: FakeCall[] = [];
  return {
    scopes,
    calls,
    reset: () => void calls.splice(0),
    async verify(presented, request) {
      const read = readRequest(request);
      const token = textOf(presented);
      const verdict = verdictOn(token === '' ? MISSING : (known.get(token) ?? UNKNOWN), read, clock.now());
      calls.push({ token, request: request ?? {}, verdict });
      return verdict;
    },
  };
}

const OPTIONS: Readonly<Record<keyof FakeVerifierOptions, true>> = { scopes: true, environment: true, clock: true };

const MISSING: KnownRefusal = { code: 'missing', key: null };
const UNKNOWN: KnownRefusal = { code: 'not_found', key: null };

function textOf(token: string | Token | null | undefined): string {
  return typeof token === 'string' ? token : (token?.reveal() ?? '');
}

function verdictOn(known: KnownToken, request: ReadRequest, now: number): Verdict {
  if (isRefusal(known)) return refusal(known.code, { ...STANDING_OF[known.code]?.(now), ...known });
  const { key, ...standing } = known;
  const profile = { environment: key.environment, ipRules: [], scopes: key.scopes };
  const code = decide({ ...ALIVE, expiresAt: key.expiresAt, profile }, request, now);
  if (code === null) return Object.freeze<ValidVerdict>({ valid: true, code: 'valid', key, ...standing, degraded: false });
  const lacking = code === 'insufficient_scope' ? lackingScopes(key.scopes, request) : {};
  return refusal(code, { key, ...lacking });
}

/** A test states everything that ends a key, its expiry aside, as a refusal. */
const ALIVE = { revoked: false, disabled: false, ownerSuspended: false, validUntil: null, notBefore: null };

/** Details that the engine always gives with a refusal, for a test that states none. */
const STANDING_OF: Readonly<Partial<Record<RefusalCode, (now: number) => Pick<Refusal, 'limits' | 'retryAfterMs'>>>> = {
  rate_limited: (now) => ({
    retryAfterMs: 1_000,
    limits: [{ name: 'fake', limit: 1, remaining: 0, resetAt: now + 1_000, algorithm: 'fixed-window', windowMs: 1_000 }],
  }),
};

function refusal(code: RefusalCode, details: Omit<Partial<Refusal>, 'valid' | 'code'>): Refusal {
  const { meaning, remedy } = REFUSAL_TEXTS[code];
  return Object.freeze<Refusal>({ key: null, ...details, valid: false, code, message: `${meaning} ${remedy}`, degraded: false });
}
