/** Tiers: named sets of limits, made over the API or declared in the configuration. */
import { type CallContext, SYSTEM_ACTOR } from '../../domain/actor.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.js';
import type { TierRecord } from '../../domain/key.js';
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { TierDetail } from '../../ports/catalog.js';
import type { Limit } from '../../domain/limit.js';
import { isTierName, SHORT_NAME_FORMAT } from '../../domain/text.js';
import type { Change } from '../../ports/key-store.js';
import type { Limiter } from '../../ports/limiter.js';
import { readInput } from '../../contract/index.js';
import { putTierInput } from '../../contract/calls/tiers.js';
import type { TierView } from '../api/index.js';
import { draftEvent } from '../changes/change.js';
import { LIBRARY_CONTEXT, type TierUseCases, type UseCaseParts } from '../changes/context.js';
import { viewTier } from '../fields/key-view.js';
import { createPreviewTier } from './preview-tier.js';

export function createTiers(parts: UseCaseParts, limiter: Limiter): TierUseCases {
  const { apply, storage } = parts;
  return {
    async get(name, { actor } = LIBRARY_CONTEXT) {
      if (actor.bounds?.tiers?.includes(name) === false) throw new NotFoundError('tier');
      return viewTier(await countedWithin(parts, await findTier(parts, name), actor.bounds));
    },
    async list({ actor } = LIBRARY_CONTEXT) {
      const tiers = (await storage.catalog.listTiers()).filter(({ tier }) => actor.bounds?.tiers?.includes(tier.name) !== false);
      return (await Promise.all(tiers.map((tier) => countedWithin(parts, tier, actor.bounds)))).map(viewTier);
    },
    async put(name, input, context = LIBRARY_CONTEXT) {
      if (!isTierName(name)) throw new InvalidInputError([{ pointer: '/name', message: `Use ${SHORT_NAME_FORMAT}.` }]);
      const { limits } = readInput(putTierInput, input);
      const applied = await apply({ context, scope: 'tiers:write' }, async (change, now, may) => {
        const known = await change.tiers.find(name);
        if (known?.configured) throw configuredElsewhere();
        await may.aroundKeys({ tier: name }, () => putTier(change, { name, limits, configured: false }, { known, context, now }));
      });
      const [propagation, tier] = await Promise.all([applied.propagate(), readTier(parts, name)]);
      return { ...tier, propagation };
    },
    async remove(name, context = LIBRARY_CONTEXT) {
      await apply({ context, scope: 'tiers:write' }, async (change, now) => {
        const known = await change.tiers.find(name);
        if (known === null) throw new NotFoundError('tier');
        if (known.configured) throw configuredElsewhere();
        const keys = await change.tiers.countKeys(name);
        if (keys > 0) throw new ConflictError('tier_in_use', `${keys} keys have this tier. Give them another, or revoke them, first.`);
        await change.tiers.remove(name);
        const body = {
          action: 'tier.deleted',
          target: { type: 'tier', id: name },
          before: { limits: loggedLimits(known.limits) },
        } as const;
        await change.append(draftEvent(body, context, now));
      });
    },
    preview: createPreviewTier(parts, limiter),
  };
}

/**
 * Brings the stored tiers to what the configuration declares; one that it no longer declares stays as it is,
 * and can be changed over the API from then on.
 */
export async function applyConfiguredTiers({ apply, settings, storage }: UseCaseParts): Promise<void> {
  const stored = await storage.catalog.listTiers();
  const context = { actor: SYSTEM_ACTOR };
  const declared = [...settings.tiers].filter(([name, limits]) => {
    const known = stored.find(({ tier }) => tier.name === name)?.tier;
    return known === undefined || !known.configured || !sameLimits(known.limits, limits);
  });
  const released = stored.filter(({ tier }) => tier.configured && !settings.tiers.has(tier.name));
  if (declared.length === 0 && released.length === 0) return;
  await apply({ context, scope: null }, async (change, now) => {
    for (const [name, limits] of declared) {
      await putTier(change, { name, limits, configured: true }, { known: await change.tiers.find(name), context, now });
    }
    for (const { tier } of released) await putTier(change, { ...tier, configured: false }, { known: tier, context, now });
  });
}

async function putTier(
  change: Change,
  { name, limits, configured }: Pick<TierRecord, 'name' | 'limits' | 'configured'>,
  { known, context, now }: { known: TierRecord | null; context: CallContext; now: number },
): Promise<void> {
  if (known !== null && known.configured === configured && sameLimits(known.limits, limits)) return;
  await change.tiers.put({ name, limits, configured, createdAt: known?.createdAt ?? now, updatedAt: now });
  await change.append(
    draftEvent(
      {
        action: known === null ? 'tier.created' : 'tier.updated',
        target: { type: 'tier', id: name },
        before: known === null ? null : { limits: loggedLimits(known.limits), configured: known.configured },
        after: { limits: loggedLimits(limits), configured },
      },
      context,
      now,
    ),
  );
}

async function readTier(parts: UseCaseParts, name: string): Promise<TierView> {
  return viewTier(await findTier(parts, name));
}

async function findTier({ storage }: UseCaseParts, name: string): Promise<TierDetail> {
  const detail = await storage.catalog.readTier(name);
  if (detail === null) throw new NotFoundError('tier');
  return detail;
}

/** Counts, for a bounded operator, the keys within its bounds that have the tier. */
async function countedWithin(
  { storage, clock }: UseCaseParts,
  detail: TierDetail,
  within: OperatorBounds | null | undefined,
): Promise<TierDetail> {
  if (within == null) return detail;
  const query = { tier: detail.tier.name, within, now: clock.now() };
  const [all, revoked] = [await storage.keys.countKeys(query), await storage.keys.countKeys({ ...query, status: 'revoked' })];
  return { ...detail, keys: all - revoked };
}

function configuredElsewhere(): ConflictError {
  return new ConflictError('tier_is_configured', 'The configuration declares this tier. Change it there, and restart.');
}

function loggedLimits(limits: readonly Limit[]): { [name: string]: string | number }[] {
  return limits.map((limit) => ({ ...limit }));
}

function sameLimits(a: readonly Limit[], b: readonly Limit[]): boolean {
  const text = (limits: readonly Limit[]): string =>
    JSON.stringify(limits.map(({ name, limit, windowMs, algorithm, burst }) => [name, limit, windowMs, algorithm, burst ?? null]));
  return text(a) === text(b);
}
