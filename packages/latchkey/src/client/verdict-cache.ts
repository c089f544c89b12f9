/**
 * Verdicts that may be given once more for a short while, without asking: only for a client that was made so.
 *
 * An entry is found by the SHA-256 of the whole question as it would be sent, token included: what could be asked differently is
 * never answered alike, and no token stays in memory. (The digest is asynchronous on platforms that have `fetch` alone, which
 * costs microseconds, and a request that it saves costs hundreds.) The time allowed begins before the question was sent.
 */
import { optionProblems } from '../domain/unknown-options.js';
import type { Verdict } from '../domain/verdict.js';
import type { Clock } from '../ports/clock.js';
import type { VerifyRequest } from '../ports/verifier.js';
import { clientClock } from './client-clock.js';

export interface CacheOptions {
  /** How long a verdict is repeated, counted from when it was asked for: 1 to 60 000 milliseconds. */
  readonly ttlMs: number;
  /** Questions that are remembered, the newest of them: 1 to 100 000, by default 1 000. A verdict takes about a kilobyte. */
  readonly maxEntries?: number | undefined;
  /** For tests: the system's clock by default. */
  readonly clock?: Pick<Clock, 'now' | 'monotonicMs'> | undefined;
}

export interface VerdictCache {
  /** The verdict that is remembered for this question, or else what `ask` gives. */
  answer(question: Question, ask: () => Promise<Verdict>): Promise<Verdict>;
  /** Nothing that was asked until now is repeated any more, what is still under way included. */
  forget(): void;
}

/** As it goes over the wire. */
export type Question = VerifyRequest & { readonly token: string };

export function createVerdictCache({ ttlMs, maxEntries, clock }: CacheSettings): VerdictCache {
  const entries = new Map<string, Entry>();
  let generation = 0;

  function ageOf(asked: Entry['asked']): number {
    // Monotonic time stands still while a machine sleeps, and the wall clock may be set back: the one that says more counts.
    return Math.max(clock.monotonicMs() - asked.monotonicMs, clock.now() - asked.now);
  }

  function recall(id: string): Verdict | null {
    const entry = entries.get(id);
    if (entry === undefined) return null;
    const { verdict } = entry;
    const age = ageOf(entry.asked);
    const ended = verdict.valid && verdict.key.expiresAt !== null && clock.now() >= verdict.key.expiresAt;
    if (age < ttlMs && !ended) return { ...structuredClone(verdict), cachedForMs: Math.ceil(age) };
    entries.delete(id);
    return null;
  }

  function remember(id: string, entry: Entry): void {
    entries.delete(id);
    for (const [oldest, { asked }] of entries) {
      if (entries.size < maxEntries && ageOf(asked) < ttlMs) break;
      entries.delete(oldest);
    }
    entries.set(id, entry);
  }

  return {
    async answer(question, ask) {
      if (isForService(question)) return ask();
      const begun = generation;
      const asked = { monotonicMs: clock.monotonicMs(), now: clock.now() };
      const id = await digestOf(JSON.stringify(question));
      const known = recall(id);
      if (known !== null) return known;
      const verdict = await ask();
      // A change that was made meanwhile may have overtaken the question.
      if (begun === generation && isLasting(verdict)) remember(id, { verdict: structuredClone(verdict), asked });
      return verdict;
    },
    forget() {
      generation += 1;
      entries.clear();
    },
  };
}

interface Entry {
  readonly verdict: Verdict;
  readonly asked: { readonly monotonicMs: number; readonly now: number };
}

/** What asks for limits, or for more or less than the cost of every call, or for an explanation, is for the service alone. */
function isForService({ cost, limits, dryRun }: Question): boolean {
  return (cost ?? 1) !== 1 || (limits?.length ?? 0) > 0 || dryRun === true;
}

/**
 * What was counted is not repeated, for the service alone counts. Of the refusals only those that nothing mends are: a key that
 * was enabled, or given a scope, is good at once. An unknown token is no entry either, so that guesses take no room.
 */
function isLasting(verdict: Verdict): boolean {
  if (verdict.valid) return verdict.limits.length === 0 && verdict.credits === null && !verdict.degraded;
  return (verdict.code === 'revoked' || verdict.code === 'expired') && !verdict.degraded;
}

const TTL_MS_MAX = 60_000;
const ENTRIES_MAX = 100_000;

export interface CacheSettings {
  readonly ttlMs: number;
  readonly maxEntries: number;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
}

const OPTIONS: Readonly<Record<keyof CacheOptions, true>> = { ttlMs: true, maxEntries: true, clock: true };

/** Returns the options with their defaults, and adds what is wrong with them to `problems`: with one, they cannot be used. */
export function readCacheOptions(options: CacheOptions, problems: string[]): CacheSettings {
  problems.push(...optionProblems(options, OPTIONS, 'cache.'));
  const { ttlMs, maxEntries = 1_000, clock = clientClock } = options;
  if (!isWithin(ttlMs, TTL_MS_MAX)) {
    problems.push(`cache.ttlMs: use 1 to ${TTL_MS_MAX} milliseconds. For so long a revoked key may still be said to be valid.`);
  }
  if (!isWithin(maxEntries, ENTRIES_MAX)) problems.push(`cache.maxEntries: use 1 to ${ENTRIES_MAX}.`);
  if (globalThis.crypto?.subtle === undefined) {
    problems.push('cache: needs WebCrypto, which browsers have on pages of https: and of localhost alone.');
  }
  return { ttlMs, maxEntries, clock };
}

function isWithin(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= most;
}

async function digestOf(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(digest));
}
