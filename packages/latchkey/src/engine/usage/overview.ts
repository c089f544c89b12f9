/** Counts of everything, for a first look. The database keeps some of them; what is counted is not counted anew for each who asks. */
import type { OperatorScope } from '../../domain/actor.js';
import { missingScopes } from '../../domain/scopes.js';
import { DAY_MS, toIso } from '../../domain/time.js';
import type { VerdictCode } from '../../domain/verdict.js';
import type { Overview } from '../api/index.js';
import type { Coherence } from '../../ports/coherence.js';
import { assertUnbounded, LIBRARY_CONTEXT, type ServiceUseCases, type UseCaseParts } from '../changes/context.js';

/** A list of so many keys is not gone through by hand: that there are more is enough to know. */
const COUNTED_UP_TO = 10_000;
/** Counts are at most so many times as old as it took to make them: a small share of the time is spent on counting, whoever asks. */
const FRESH_FACTOR = 10;

type Counts = Omit<Overview, 'cluster'>;

interface Taken {
  readonly overview: Counts;
  readonly freshUntil: number;
}

export function createOverview(parts: UseCaseParts, { view }: Pick<Coherence, 'view'>): ServiceUseCases['overview'] {
  const { clock } = parts;
  let taken: Taken | null = null;
  let taking: Promise<Taken> | null = null;

  async function take(): Promise<Taken> {
    const startedAt = clock.monotonicMs();
    const overview = await countAll(parts);
    const tookMs = clock.monotonicMs() - startedAt;
    return { overview, freshUntil: startedAt + tookMs + FRESH_FACTOR * tookMs };
  }

  async function current(): Promise<Counts> {
    if (taken !== null && clock.monotonicMs() < taken.freshUntil) return taken.overview;
    taking ??= take().finally(() => {
      taking = null;
    });
    taken = await taking;
    return taken.overview;
  }

  return async (context = LIBRARY_CONTEXT) => {
    assertUnbounded(context);
    const may = (scope: OperatorScope): boolean => missingScopes(context.actor.scopes, [scope]).length === 0;
    const [overview, cluster] = await Promise.all([current(), may('cluster:read') ? view() : null]);
    return { ...overview, verifications24h: may('usage:read') ? overview.verifications24h : null, cluster };
  };
}

async function countAll({ storage, clock }: UseCaseParts): Promise<Counts> {
  const now = clock.now();
  const query = { now, expiresBy: [now + 30 * DAY_MS, now + 7 * DAY_MS], unusedSince: now - 90 * DAY_MS, countedUpTo: COUNTED_UP_TO };
  const { keys, expiring, neverUsed, unused, owners, tiers } = await storage.census.takeCensus(query);
  const { total, ...others } = keys;
  const notActive = Object.values(others).reduce((sum, count) => sum + count, 0);
  const points = await storage.usage.readUsage({ from: Math.max(0, now - DAY_MS), until: now + 1, by: 'hour' });
  const byCode: Partial<Record<VerdictCode, number>> = {};
  for (const { code, count } of points) byCode[code] = (byCode[code] ?? 0) + count;
  return {
    asOf: toIso(now),
    // Between one count and the next, a key may have been counted in neither or in both.
    keys: { total, active: Math.max(0, total - notActive), ...others },
    expiring: { within30d: expiring[0] ?? 0, within7d: expiring[1] ?? 0 },
    neverUsed,
    unusedFor90d: unused,
    countedUpTo: COUNTED_UP_TO,
    owners,
    tiers,
    verifications24h: { total: points.reduce((sum, { count }) => sum + count, 0), byCode },
  };
}
