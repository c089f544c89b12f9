/** Usage: how many verifications a key, an owner or everybody had, by hour or day and outcome. */
import { InvalidInputError } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import type { VerdictCode } from '../domain/verdict.js';
import type { UsagePoint } from '../ports/usage-store.js';
import type { Usage, UsageReport } from './api.js';
import { ownerFilterOf, type UseCaseParts } from './context.js';
import { createFieldReader } from './key-input.js';

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_MS = 30 * DAY_MS;
/** So that an answer stays small: 62 days by the hour, 10 years by the day. */
const MAX_SPAN_MS = { hour: 62 * DAY_MS, day: 3_660 * DAY_MS };

export function createUsage({ storage, clock }: UseCaseParts): Usage {
  return {
    async read({ key, from, until, by = 'day', ...query }) {
      const owner = ownerFilterOf(query.owner);
      const fields = createFieldReader();
      const end = until === undefined ? clock.now() : (fields.instant(until, '/until') ?? 0);
      const start = from === undefined ? end - DEFAULT_SPAN_MS : (fields.instant(from, '/from') ?? 0);
      fields.finish();
      if (start >= end) throw new InvalidInputError([{ pointer: '/from', message: 'It must lie before until.' }]);
      if (end - start > MAX_SPAN_MS[by]) {
        throw new InvalidInputError([{ pointer: '/from', message: `Ask for at most ${MAX_SPAN_MS[by] / DAY_MS} days by the ${by}.` }]);
      }
      const points = await storage.usage.readUsage({ keyId: key, owner, from: start, until: end, by });
      return toReport(points, { from: toIso(start), until: toIso(end), by });
    },
  };
}

function toReport(points: readonly UsagePoint[], span: Pick<UsageReport, 'from' | 'until' | 'by'>): UsageReport {
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
