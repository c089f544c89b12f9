/**
 * Usage: how many verifications a key, an owner, a tier or everybody had, by hour or day and outcome.
 *
 * engine/usage/ owns figures: counting verifications, reading them, and the overview of everything.
 */
import type * as v from 'valibot';
import { readInput, type Rules } from '../../contract/index.js';
import { usageInput } from '../../contract/calls/usage.js';
import { DAY_MS, toIso } from '../../domain/time.js';
import type { VerdictCode } from '../../domain/verdict.js';
import type { UsagePoint } from '../../ports/usage-store.js';
import type { UsageReport } from '../api/index.js';
import { assertUnbounded, LIBRARY_CONTEXT, ownerFilterOf, type UsageUseCases, type UseCaseParts } from '../changes/context.js';
import { createBusiest, createUsageByKey } from './key-usage.js';
import { readDaySpan, readHourSpan } from './usage-span.js';

const DEFAULT_SPAN_MS = 30 * DAY_MS;
/** So that an answer stays small: 62 days by the hour, 10 years by the day. */
const MAX_SPAN_MS = { hour: 62 * DAY_MS, day: 3_660 * DAY_MS };

export function createUsage(parts: UseCaseParts): UsageUseCases {
  const { storage, clock, settings } = parts;
  return {
    async read(input = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      const { key, owner: ownedBy, tier, by = 'day', ...asked } = readInput(usageInput, input, ofTierAlone);
      const owner = ownerFilterOf(ownedBy);
      const read = by === 'hour' ? readHourSpan : readDaySpan;
      const kept = await storage.usage.readKept();
      const { from, until } = read(asked, { now: clock.now(), maxMs: MAX_SPAN_MS[by], defaultMs: DEFAULT_SPAN_MS, kept });
      const points = await storage.usage.readUsage({ keyId: key, owner, tier, from, until, by });
      return toReport(points, { from: toIso(from), until: toIso(until), by, behindMs: settings.writeBehindMs });
    },
    byKey: createUsageByKey(parts),
    busiest: createBusiest(parts),
  };
}

const ofTierAlone: Rules<v.InferOutput<typeof usageInput>> = ({ key, owner, tier }, refuse) => {
  if (tier !== undefined && (key !== undefined || owner !== undefined))
    refuse('/tier', 'Ask for the usage of a tier without key and owner.');
};

function toReport(points: readonly UsagePoint[], span: Pick<UsageReport, 'from' | 'until' | 'by' | 'behindMs'>): UsageReport {
  const totals: Partial<Record<VerdictCode, number>> = {};
  const byStart = new Map<number, Partial<Record<VerdictCode, number>>>();
  let total = 0;
  for (const { start, code, count } of points) {
    const counts = byStart.get(start) ?? {};
    counts[code] = (counts[code] ?? 0) + count;
    byStart.set(start, counts);
    totals[code] = (totals[code] ?? 0) + count;
    total += count;
  }
  return { ...span, total, totals, points: [...byStart].map(([start, counts]) => ({ start: toIso(start), counts })) };
}
