import { REFUSAL_CODES } from '../contract/errors/errors.js';
import { ConfigurationError } from '../domain/errors.js';
import type { Refusal, Verdict, VerifiedKey } from '../domain/verdict.js';
import type { Verifier, VerifyRequest } from '../ports/verifier.js';
import { createPrivateField } from './private-field.js';

/** What came of a verification. */
export interface VerifyOutcome {
  /** A verifier that threw gave none: then it is `unavailable`. */
  readonly verdict: Verdict;
  /** Whether a policy may let the request pass all the same, where the verdict is `unavailable`. */
  readonly mayAllow: boolean;
}

export interface VerifyQuestion {
  /** The native request: what "once" means. */
  readonly key: object;
  readonly token: string;
  readonly request: VerifyRequest;
  /** Whether cost, limits or resource were asked for, and not left to their defaults. */
  readonly statesCharge: boolean;
  readonly onFailure: (error: unknown) => void;
}

interface Asked {
  readonly verifier: Verifier;
  readonly token: string;
  readonly request: VerifyRequest;
  readonly outcome: Promise<VerifyOutcome>;
  /** Of another verifier, or with another token, which some layer reads and others do not. */
  readonly other: Asked | undefined;
}

/** Kept with the native request; shared by all guards of this process, whatever framework they stand in. */
const asked = createPrivateField<Asked>();

/**
 * Verifies a token once for each request, and remembers what came of it, refusals and failures too: of two layers
 * only the first charges, even when both ask at once. Never rejects for a verifier that throws. Throws a ConfigurationError
 * where a later layer asks for a charge that was not made, because limits that count nothing must not look like limits.
 */
export function createVerifyOnce(verifier: Verifier): (question: VerifyQuestion) => Promise<VerifyOutcome> {
  return (question) => {
    const { key, token, request } = question;
    const first = asked.of(key);
    let known = first;
    while (known !== undefined && (known.verifier !== verifier || known.token !== token)) known = known.other;
    if (known === undefined) {
      const outcome = verify(verifier, question);
      asked.set(key, { verifier, token, request, outcome, other: first });
      return outcome;
    }
    if (question.statesCharge && !sameCharge(known.request, request)) {
      throw new ConfigurationError([
        'cost, limits, resource: another layer has verified this request and charged for it. State them in the first layer (cost may be a function of the request), or take that layer off this route.',
      ]);
    }
    return known.outcome;
  };
}

const UNAVAILABLE: Refusal = Object.freeze({
  valid: false,
  code: 'unavailable',
  message: 'The verifier failed.',
  key: null,
  degraded: false,
});

async function verify(verifier: Verifier, { token, request, onFailure }: VerifyQuestion): Promise<VerifyOutcome> {
  try {
    const verdict: Verdict | undefined = await verifier.verify(token, request);
    assertVerdict(verdict);
    return { verdict, mayAllow: true };
  } catch (error) {
    onFailure(error);
    return { verdict: unavailable(error), mayAllow: !isMisuse(error) };
  }
}

/** A verifier of the application's own may answer anything: only a whole verdict lets a request pass, or says why not. */
function assertVerdict(verdict: Verdict | undefined): asserts verdict is Verdict {
  if (typeof verdict?.valid !== 'boolean') throw new TypeError('The verifier gave no verdict.');
  const { valid, code } = verdict;
  if (valid !== (code === 'valid') || !(valid || REFUSAL_CODES.includes(code))) {
    throw new TypeError('The verifier gave a verdict whose code is not one of its kind.');
  }
  if (valid && !isWholeKey(verdict.key)) {
    throw new TypeError('The verifier gave a valid verdict without a key that has an id, an owner, an environment and scopes.');
  }
  if (verdict.limits !== undefined && !Array.isArray(verdict.limits)) throw new TypeError('The verifier gave limits that are no list.');
}

function isWholeKey(key: Partial<VerifiedKey> | null | undefined): boolean {
  const scopes: readonly unknown[] = Array.isArray(key?.scopes as unknown) ? (key?.scopes ?? []) : [null];
  const texts: readonly unknown[] = [key?.id, key?.owner, key?.environment, ...scopes];
  return texts.every((text) => typeof text === 'string' && text !== '');
}

/** A service elsewhere may have said when to come again. */
function unavailable(error: unknown): Refusal {
  const wait = typeof error === 'object' && error !== null && 'retryAfterMs' in error ? error.retryAfterMs : null;
  return typeof wait === 'number' && Number.isFinite(wait) ? { ...UNAVAILABLE, retryAfterMs: wait } : UNAVAILABLE;
}

/** By its code, so that an error of another copy of this library counts as well. */
function isMisuse(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return code === 'invalid_input' || code === 'forbidden' || code === 'configuration';
}

function sameCharge(a: VerifyRequest, b: VerifyRequest): boolean {
  return a.cost === b.cost && a.resource === b.resource && JSON.stringify(a.limits ?? []) === JSON.stringify(b.limits ?? []);
}
