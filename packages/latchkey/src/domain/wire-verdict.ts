/** A verdict as it travels in JSON: instants as ISO 8601, in epoch milliseconds on either side. */
import type { LimitReading } from './limit.js';
import { isoOrNull, parseInstant, toIso } from './time.js';
import type { Refusal, ValidVerdict, Verdict, VerifiedKey } from './verdict.js';

export type WireKey = Omit<VerifiedKey, 'expiresAt'> & { readonly expiresAt: string | null };
type WireReading = Omit<LimitReading, 'resetAt'> & { readonly resetAt: string };

export type WireVerdict =
  | (Omit<ValidVerdict, 'key' | 'limits'> & { readonly key: WireKey; readonly limits: readonly WireReading[] })
  | (Omit<Refusal, 'key' | 'limits'> & { readonly key: WireKey | null; readonly limits?: readonly WireReading[] });

/** Returns every field of a verdict, ready for `JSON.stringify`. */
export function wireVerdict(verdict: Verdict): WireVerdict {
  if (verdict.valid) return { ...verdict, key: wireKey(verdict.key), limits: verdict.limits.map(wireReading) };
  const { limits, ...rest } = verdict;
  const refusal = { ...rest, key: verdict.key === null ? null : wireKey(verdict.key) };
  return limits === undefined ? refusal : { ...refusal, limits: limits.map(wireReading) };
}

export function wireKey(key: VerifiedKey): WireKey {
  return { ...key, expiresAt: isoOrNull(key.expiresAt) };
}

/** Reads a verdict back. Throws a TypeError for anything that is no whole verdict, so that it is never taken for a valid one. */
export function verdictOfWire(wire: WireVerdict): Verdict {
  if (wire.valid) {
    if (wire.valid !== true || wire.code !== 'valid' || typeof wire.key.id !== 'string') throw noVerdict();
    return { ...wire, key: keyOfWire(wire.key), limits: wire.limits.map(readingOfWire) };
  }
  if (wire.valid !== false || typeof wire.code !== 'string') throw noVerdict();
  const { limits, ...rest } = wire;
  const refusal = { ...rest, key: wire.key === null ? null : keyOfWire(wire.key) };
  return limits === undefined ? refusal : { ...refusal, limits: limits.map(readingOfWire) };
}

function wireReading(reading: LimitReading): WireReading {
  return { ...reading, resetAt: toIso(reading.resetAt) };
}

function keyOfWire(key: WireKey): VerifiedKey {
  return { ...key, expiresAt: key.expiresAt === null ? null : instantOf(key.expiresAt) };
}

function readingOfWire(reading: WireReading): LimitReading {
  return { ...reading, resetAt: instantOf(reading.resetAt) };
}

function instantOf(text: string): number {
  const instant = typeof text === 'string' ? parseInstant(text) : null;
  if (instant === null) throw noVerdict();
  return instant;
}

function noVerdict(): TypeError {
  return new TypeError('This is no verdict.');
}
