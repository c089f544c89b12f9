/**
 * Returns how often a property is run: `count` times in the check, and `LATCHKEY_PROPERTY_FACTOR` times as often at night.
 * A failure prints its seed.
 */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: count * Number(process.env['LATCHKEY_PROPERTY_FACTOR'] ?? 1) };
}
