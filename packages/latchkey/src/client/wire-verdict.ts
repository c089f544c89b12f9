/** A verdict as it travels: times as ISO 8601, which become epoch milliseconds again. */
import { UnavailableError } from '../domain/errors.js';
import type { LimitReading } from '../domain/limit.js';
import { parseInstant } from '../domain/time.js';
import type { Refusal, ValidVerdict, Verdict, VerifiedKey } from '../domain/verdict.js';

type WireKey = Omit<VerifiedKey, 'expiresAt'> & { readonly expiresAt: string | null };
type WireReading = Omit<LimitReading, 'resetAt'> & { readonly resetAt: string };

type WireVerdict =
  | (Omit<ValidVerdict, 'key' | 'limits'> & { readonly key: WireKey; readonly limits: readonly WireReading[] })
  | (Omit<Refusal, 'key' | 'limits'> & { readonly key: WireKey | null; readonly limits?: readonly WireReading[] });

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
    return verdictOf(answer as WireVerdict);
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

/** Throws whatever it likes for what is no verdict. */
function verdictOf(wire: WireVerdict): Verdict {
  if (wire.valid) {
    if (wire.valid !== true || wire.code !== 'valid' || typeof wire.key.id !== 'string') throw unreadable();
    return { ...wire, key: readKey(wire.key), limits: wire.limits.map(readReading) };
  }
  if (wire.valid !== false || typeof wire.code !== 'string') throw unreadable();
  const { limits, ...rest } = wire;
  const refusal = { ...rest, key: wire.key === null ? null : readKey(wire.key) };
  return limits === undefined ? refusal : { ...refusal, limits: limits.map(readReading) };
}

function readKey(key: WireKey): VerifiedKey {
  return { ...key, expiresAt: key.expiresAt === null ? null : readTime(key.expiresAt) };
}

function readReading(reading: WireReading): LimitReading {
  return { ...reading, resetAt: readTime(reading.resetAt) };
}

function readTime(text: string): number {
  const time = typeof text === 'string' ? parseInstant(text) : null;
  if (time === null) throw unreadable();
  return time;
}

function unreadable(): UnavailableError {
  return new UnavailableError('service', {
    message: 'The service gave an answer that is no verdict. Do its version and the client’s agree?',
  });
}
