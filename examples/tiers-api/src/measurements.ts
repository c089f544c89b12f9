/** What the product sells. */
export const MEASUREMENTS = [
  { station: 'Harbour', at: '2026-03-01T06:00:00Z', celsius: 4.1, wind_knots: 12 },
  { station: 'Lighthouse', at: '2026-03-01T06:00:00Z', celsius: 3.6, wind_knots: 21 },
  { station: 'Old mill', at: '2026-03-01T06:00:00Z', celsius: 1.9, wind_knots: 5 },
] as const;
