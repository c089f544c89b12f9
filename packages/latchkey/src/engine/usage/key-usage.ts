/** Usage beside one another: of several keys, and of those that were used most. */
import { readInput } from '../../contract/index.js';
import { busiestInput, usageByKeyInput } from '../../contract/calls/usage.js';
import { DAY_MS, HOUR_MS, toIso } from '../../domain/time.js';
import type { KeyUsagePoint } from '../../ports/usage-store.js';
import type { BusyKey, KeyUsage } from '../api/index.js';
import { assertUnbounded, LIBRARY_CONTEXT, type UsageUseCases, type UseCaseParts } from '../changes/context.js';
import { readBusiestSpan, readDaySpan, readHourSpan } from './usage-span.js';

/** So that an answer of a hundred keys stays small. */
const MAX_SPAN_MS = { hour: 7 * DAY_MS, day: 366 * DAY_MS };
const MAX_BUSIEST_SPAN_MS = 31 * DAY_MS;

export function createUsageByKey({ storage, clock, settings }: UseCaseParts): UsageUseCases['byKey'] {
  return async (input, context = LIBRARY_CONTEXT) => {
    assertUnbounded(context);
    const { keys, by = 'day', ...span } = readInput(usageByKeyInput, input);
    const kept = await storage.usage.readKept();
    const bounds = { now: clock.now(), maxMs: MAX_SPAN_MS[by], kept };
    const { from, until } =
      by === 'hour' ? readHourSpan(span, { ...bounds, defaultMs: DAY_MS }) : readDaySpan(span, { ...bounds, defaultMs: 30 * DAY_MS });
    const stepMs = by === 'hour' ? HOUR_MS : DAY_MS;
    // Whole hours or days, so that no point is of a part of one.
    const first = from - (from % stepMs);
    const points = await storage.usage.readKeyUsage({ keyIds: keys, from: first, until, by });
    const starts = Array.from({ length: Math.ceil((until - first) / stepMs) }, (_, index) => first + index * stepMs);
    const byKey = new Map<string, KeyUsagePoint[]>(keys.map((key) => [key, []]));
    for (const point of points) byKey.get(point.keyId)?.push(point);
    const behindMs = settings.writeBehindMs;
    return { from: toIso(first), until: toIso(until), by, behindMs, data: [...byKey].map(([key, of]) => dense(key, of, starts)) };
  };
}

export function createBusiest({ storage, clock, settings }: UseCaseParts): UsageUseCases['busiest'] {
  return async (input = {}, context = LIBRARY_CONTEXT) => {
    assertUnbounded(context);
    const { limit = 10, ...span } = readInput(busiestInput, input);
    const kept = await storage.usage.readKept();
    const { from, until } = readBusiestSpan(span, { now: clock.now(), maxMs: MAX_BUSIEST_SPAN_MS, defaultMs: 30 * DAY_MS, kept });
    const { keys, complete } = await storage.usage.readBusiest({ from, until }, limit);
    const data: BusyKey[] = [];
    for (const { keyId, valid, refused } of keys) {
      const detail = await storage.keys.readKey(keyId, 'aside');
      if (detail === null) continue;
      const { id, name, owner, environment } = detail.key;
      const hint = detail.secrets[0]?.hint ?? '';
      data.push({ key: { id, name, owner, hint, environment }, total: valid + refused, valid, refused });
    }
    return { from: toIso(from), until: toIso(until), behindMs: settings.writeBehindMs, data, complete };
  };
}

function dense(key: string, points: readonly KeyUsagePoint[], starts: readonly number[]): KeyUsage {
  const counts = new Map(starts.map((start) => [start, { valid: 0, refused: 0 }]));
  let total = 0;
  for (const { start, code, count } of points) {
    const at = counts.get(start);
    if (at === undefined) continue;
    at[code === 'valid' ? 'valid' : 'refused'] += count;
    total += count;
  }
  return { key, total, points: [...counts].map(([start, count]) => ({ start: toIso(start), ...count })) };
}
