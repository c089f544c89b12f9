/** What becomes of calls while the limiter does not answer: refused, let pass, or counted by this node alone. */
import type { LimiterFailurePolicy } from '../contract/settings/settings.js';
import { UnavailableError } from '../domain/errors.js';
import type { Limit } from '../domain/limit.js';
import type { Charge, Consumption, Limiter } from '../ports/limiter.js';

export interface FailoverOptions {
  readonly primary: Limiter;
  readonly policy: LimiterFailurePolicy;
  /** What counts under `local`; its counters are of this node alone. Closed with the primary. */
  readonly local: Limiter;
  /**
   * How many nodes share each limit, an integer of at least 1. Under `local`, each admits up to the limit divided
   * by that, rounded up: all of them together admit at most one unit less than there are nodes beyond the limit.
   */
  readonly nodes: () => number;
}

/**
 * A limiter that answers for `primary` by policy where that is unavailable. What was counted here meanwhile is not
 * added to the primary's counters when it is back. A charge that cannot be given back stays, until time frees it.
 */
export function createFailoverLimiter({ primary, policy, local, nodes }: FailoverOptions): Limiter {
  type Ask = 'consume' | 'peek';

  function standIn(what: Ask, charges: readonly Charge[], { cost, now, error }: Failed): Consumption | Promise<Consumption> {
    if (policy === 'deny' || !(error instanceof UnavailableError)) throw error;
    if (policy === 'allow') return { allowed: true, readings: [], retryAfterMs: null, degraded: true, countedAt: now };
    const answer = local[what](sharesOf(charges, nodes()), cost, now);
    return answer instanceof Promise ? answer.then((counted) => ofShares(charges, counted)) : ofShares(charges, answer);
  }

  function ask(what: Ask, charges: readonly Charge[], { cost, now }: Asked): Consumption | Promise<Consumption> {
    try {
      const answer = what === 'consume' ? primary.consume(charges, cost, now) : primary.peek(charges, cost, now);
      return answer instanceof Promise ? answer.catch((error: unknown) => standIn(what, charges, { cost, now, error })) : answer;
    } catch (error) {
      return standIn(what, charges, { cost, now, error });
    }
  }

  return {
    consume: (charges, cost, now) => ask('consume', charges, { cost, now }),
    peek: (charges, cost, now) => ask('peek', charges, { cost, now }),
    async refund(charges, cost, consumption) {
      if (!consumption.degraded) await unlessUnavailable(async () => primary.refund(charges, cost, consumption));
      else if (policy === 'local') await local.refund(sharesOf(charges, nodes()), cost, consumption);
    },
    async close() {
      const results = await Promise.allSettled([primary.close(), local.close()]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

interface Asked {
  readonly cost: number;
  readonly now: number;
}

interface Failed extends Asked {
  readonly error: unknown;
}

/** The same charges, with this node's share of each limit. */
function sharesOf(charges: readonly Charge[], nodes: number): readonly Charge[] {
  if (nodes === 1) return charges;
  return charges.map((charge) => ({ ...charge, limits: charge.limits.map((limit) => shareOf(limit, nodes)) }));
}

function shareOf(limit: Limit, nodes: number): Limit {
  const share = { ...limit, limit: Math.ceil(limit.limit / nodes) };
  return limit.burst === undefined ? share : { ...share, burst: Math.ceil(limit.burst / nodes) };
}

/** As counted by this node: what remains is of its share, the limit that is shown is the whole. */
function ofShares(charges: readonly Charge[], counted: Consumption): Consumption {
  const limits = charges.flatMap((charge) => charge.limits);
  const readings = counted.readings.map((reading, index) => ({ ...reading, limit: limits[index]?.limit ?? reading.limit }));
  return { ...counted, readings, degraded: true };
}

async function unlessUnavailable(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
}
