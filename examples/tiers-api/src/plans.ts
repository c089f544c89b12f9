import type { Latchkey, LimitInput } from 'latchkey';

export const PLAN_NAMES = ['free', 'pro'] as const;

export type Plan = (typeof PLAN_NAMES)[number];

/** How much a key may ask in a day, which begins at midnight UTC. The plans are the tiers of Latchkey. */
export const PLANS: Record<Plan, LimitInput[]> = {
  free: [{ name: 'daily', limit: 100, window: '1d', algorithm: 'fixed-window' }],
  pro: [{ name: 'daily', limit: 10_000, window: '1d', algorithm: 'fixed-window' }],
};

/** Whoever has changed plans has all keys on the new one. */
export async function applyPlans(latchkey: Latchkey, accounts: Iterable<{ readonly name: string; readonly plan: Plan }>): Promise<void> {
  for (const { name, plan } of accounts) {
    let cursor: string | undefined;
    do {
      const page = await latchkey.keys.list({ owner: name, limit: 100, cursor });
      const others = page.data.filter(({ status, tier }) => status !== 'revoked' && tier !== plan);
      for (const { id } of others) await latchkey.keys.update(id, { tier: plan });
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
