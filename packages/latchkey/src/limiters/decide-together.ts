/** All limits of one call, decided together: what every limiter does with the states that it has read. */
import { InvalidInputError } from '../domain/errors.js';
import { decideLimit, peek, type CountedDemand, type Decision, type LimitState } from '../domain/limit-arithmetic.js';
import type { Limit, LimitReading } from '../domain/limit.js';
import type { Charge, Consumption } from '../ports/limiter.js';

/** A limit of the call, with the state that it is decided by and, where the counter's clock stands elsewhere, a time of its own. */
export interface CountedLimit {
  readonly limit: Limit;
  readonly state: LimitState | null;
  readonly demand: CountedDemand;
}

export interface JointDecision {
  readonly consumption: Consumption;
  /** In the order of the entries. What is not `state` any more in `next` is to be kept. */
  readonly decisions: readonly Decision[];
  readonly charged: boolean;
}

/** Decides every limit, and charges all of them or none. Where nothing is charged, states too far ahead of time are not believed. */
export function decideTogether(entries: readonly CountedLimit[], asked: CountedDemand): JointDecision {
  const peeked = entries.map(({ limit, state, demand }) => peek(limit, state, demand));
  const charged = asked.charge && asked.cost > 0 && peeked.every((decision) => decision.allowed);
  const decisions = charged ? entries.map(({ limit, state, demand }) => decideLimit(limit, state, demand)) : peeked;
  const consumption = consumptionOf(entries, decisions, asked.now);
  if (charged || !asked.charge) return { consumption, decisions, charged };
  return { consumption, decisions: entries.map(({ limit, state, demand }) => decideLimit(limit, state, { ...demand, cost: 0 })), charged };
}

export function readingOf(
  { name, limit, algorithm, windowMs }: Limit,
  { remaining, resetAt }: Pick<Decision, 'remaining' | 'resetAt'>,
): LimitReading {
  return { name, limit, remaining, resetAt, algorithm, windowMs };
}

/** Throws an InvalidInputError for a cost that is none. */
export function checkCost(cost: number): void {
  if (Number.isSafeInteger(cost) && cost >= 0) return;
  throw new InvalidInputError([{ pointer: '/cost', message: 'Use an integer of at least 0.' }]);
}

/** Throws an InvalidInputError for a limit that stands twice: it would be charged twice and checked once. */
export function checkDistinct(charges: readonly Charge[]): void {
  if (charges.length === 1 && charges[0]?.limits.length === 1) return;
  const seen = new Set<string>();
  for (const { subject, limits } of charges) {
    for (const { name } of limits) {
      const counter = `${name}:${subject}`;
      if (seen.has(counter)) {
        throw new InvalidInputError([{ pointer: '/limits', message: 'Use each name once among the limits of a subject.' }]);
      }
      seen.add(counter);
    }
  }
}

function consumptionOf(entries: readonly CountedLimit[], decisions: readonly Decision[], now: number): Consumption {
  const allowed = decisions.every((decision) => decision.allowed);
  let retryAfterMs: number | null = allowed ? null : 0;
  const readings: LimitReading[] = [];
  entries.forEach(({ limit, demand }, index) => {
    const decision = decisions[index] as Decision;
    readings.push(readingOf(limit, decision));
    if (decision.allowed || retryAfterMs === null) return;
    const lagMs = demand.now - now;
    retryAfterMs = decision.retryAfterMs === null ? null : Math.max(retryAfterMs, decision.retryAfterMs + lagMs);
  });
  return { allowed, readings, retryAfterMs, degraded: false, countedAt: now };
}
