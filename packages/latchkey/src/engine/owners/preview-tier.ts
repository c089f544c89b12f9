/** What other limits of a tier would do to its keys, before anybody feels it. */
import { NotFoundError } from '../../domain/errors.js';
import type { KeyDetail } from '../../domain/key.js';
import type { Limit, LimitReading } from '../../domain/limit.js';
import { DAY_MS } from '../../domain/time.js';
import type { KeyPosition } from '../../ports/key-store.js';
import type { Limiter } from '../../ports/limiter.js';
import { readInput } from '../../contract/index.js';
import { previewTierInput } from '../../contract/calls/tiers.js';
import type { TierExcess, TierPreview } from '../api/index.js';
import { assertUnbounded, LIBRARY_CONTEXT, type TierUseCases, type UseCaseParts } from '../changes/context.js';

const LOOKED_MAX = 1_000;
const PAGE = 100;

export function createPreviewTier(parts: UseCaseParts, limiter: Limiter): TierUseCases['preview'] {
  return async (name, input, context = LIBRARY_CONTEXT) => {
    assertUnbounded(context);
    const { limits: wanted } = readInput(previewTierInput, input);
    const detail = await parts.storage.catalog.readTier(name);
    if (detail === null) throw new NotFoundError('tier');
    const tightened = detail.tier.limits.flatMap((before) => {
      const after = wanted.find((limit) => limit.name === before.name);
      return after !== undefined && countsOn(before, after) ? [{ before, after }] : [];
    });
    const { looked, over } = await look(parts, { name, tightened, limiter });
    return { keys: detail.keys, looked, over, changes: changesOf(detail.tier.limits, wanted) };
  };
}

interface Tightened {
  readonly before: Limit;
  readonly after: Limit;
}

/** Another algorithm or window starts afresh; else what was used counts on. */
function countsOn(before: Limit, after: Limit): boolean {
  return before.algorithm === after.algorithm && before.windowMs === after.windowMs;
}

interface Looking {
  readonly name: string;
  readonly tightened: readonly Tightened[];
  readonly limiter: Limiter;
}

async function look({ storage, clock }: UseCaseParts, looking: Looking): Promise<Pick<TierPreview, 'looked' | 'over'>> {
  const now = clock.now();
  const over: TierExcess[] = [];
  let looked = 0;
  let after: KeyPosition | undefined;
  while (looked < LOOKED_MAX) {
    // Neither used nor made after tomorrow: that is every key, but for those that are revoked or expired.
    const query = { tier: looking.name, order: 'least_idle', unusedSince: now + 2 * DAY_MS, now, after, limit: PAGE } as const;
    const page = await storage.keys.listKeys(query);
    const excesses = await Promise.all(page.map(async (detail) => excessesOf(detail, looking, now)));
    over.push(...excesses.flat());
    looked += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = { at: last.idleSince, id: last.key.id };
  }
  return { looked, over };
}

async function excessesOf({ key }: KeyDetail, { tightened, limiter }: Looking, now: number): Promise<readonly TierExcess[]> {
  const own = new Set(key.limits.map(({ name }) => name));
  const concerned = tightened.filter(({ before }) => !own.has(before.name));
  if (concerned.length === 0) return [];
  const { readings } = await limiter.peek([{ subject: key.id, owner: key.owner, limits: concerned.map(({ before }) => before) }], 0, now);
  return concerned.flatMap(({ before, after }, index) => {
    const used = usedOf(before, readings[index]);
    const allowed = allowedAtOnce(after);
    return used > allowed ? [{ key: { id: key.id, name: key.name, owner: key.owner }, limit: after.name, used, allowed }] : [];
  });
}

function usedOf(limit: Limit, reading: LimitReading | undefined): number {
  return reading === undefined ? 0 : allowedAtOnce(limit) - reading.remaining;
}

function allowedAtOnce({ limit, burst }: Limit): number {
  return burst ?? limit;
}

function changesOf(before: readonly Limit[], after: readonly Limit[]): TierPreview['changes'] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const find = (limits: readonly Limit[], name: string): Limit | null => limits.find((limit) => limit.name === name) ?? null;
  return names
    .map((name) => ({ name, before: find(before, name), after: find(after, name) }))
    .filter((change) => !isSame(change.before, change.after));
}

function isSame(a: Limit | null, b: Limit | null): boolean {
  if (a === null || b === null) return a === b;
  return a.limit === b.limit && a.windowMs === b.windowMs && a.algorithm === b.algorithm && a.burst === b.burst;
}
