/** The verdicts that a service answers. */
import { UnavailableError } from '../domain/errors.js';
import type { Refusal, Verdict } from '../domain/verdict.js';
import { verdictOfWire, type WireVerdict } from '../domain/wire-verdict.js';

/** The answer to no token at all, for which the service need not be asked. */
export const MISSING_TOKEN: Refusal = Object.freeze({
  valid: false,
  code: 'missing',
  message: 'No token was presented.',
  key: null,
  degraded: false,
});

/** Refuses an answer that is no verdict: what cannot be read is never taken for "valid". */
export function readVerdict(answer: unknown): Verdict {
  try {
    return verdictOfWire(answer as WireVerdict);
  } catch {
    throw unreadable();
  }
}

/** As many verdicts as questions were put, or it is no answer to them. */
export function readVerdicts(answer: unknown, count: number): readonly Verdict[] {
  const results = (answer as { readonly results?: unknown } | null | undefined)?.results;
  if (!Array.isArray(results) || results.length !== count) throw unreadable();
  return results.map(readVerdict);
}

function unreadable(): UnavailableError {
  return new UnavailableError('service', {
    message: 'The service gave an answer that is no verdict. Do its version and the client’s agree?',
  });
}
