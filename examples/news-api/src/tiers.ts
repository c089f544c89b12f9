import type { LimitInput } from 'latchkey';

export const TIER_NAMES = ['free', 'basic', 'pro'] as const;

/** How much each tier may ask in any hour. A change takes effect on all keys of the tier with the next start. */
export const TIERS: Record<(typeof TIER_NAMES)[number], LimitInput[]> = {
  free: [{ name: 'hourly', limit: 100, window: '1h', algorithm: 'sliding-window' }],
  basic: [{ name: 'hourly', limit: 1_000, window: '1h', algorithm: 'sliding-window' }],
  pro: [{ name: 'hourly', limit: 10_000, window: '1h', algorithm: 'sliding-window' }],
};
