// @ts-check
/**
 * Runs seeds one after another on one database, and says what came of them.
 *
 * @typedef {import('./run-seed.js').Report} Report
 */
import { alone } from '../packages/latchkey/dist/cluster/index.js';
import { createEngine, openSqliteStorage, readSettings, systemClock, systemEntropy } from '../packages/latchkey/dist/internal/index.js';
import { createMemoryLimiter } from '../packages/latchkey/dist/limiters/memory.js';
import { runSeed } from './run-seed.js';

/** Every run begins an hour after the one before, so that no node takes the last entry of the log for the future. */
const BETWEEN_RUNS_MS = 3_600_000;

/**
 * @param {{ from: number, seeds: number, flaws?: import('./authority.js').Flaws, untilViolation?: boolean }} options
 * @returns {Promise<{ seeds: number, verifications: number, changes: number, lapsed: number, longestWaitMs: number, failed: Report[] }>}
 */
export async function simulate({ from, seeds, flaws = {}, untilViolation = false }) {
  const storage = await openSqliteStorage({ file: ':memory:' });
  const wallStart = systemClock.now();
  let now = wallStart;
  const clock = { ...systemClock, now: () => now };
  const limiter = createMemoryLimiter({ counters: null, clock });
  const parts = { storage, limiter, clock, entropy: systemEntropy, slowHashes: { matches: async () => false }, join: alone };
  const latchkey = await createEngine(parts, readSettings({}));
  /** @param {string} owner */
  const issue = async (owner) => {
    const { key, token } = await latchkey.keys.create({ name: 'simulated', owner, scopes: ['articles:read', 'articles:write'] });
    return { id: key.id, owner, token: token?.reveal() ?? '' };
  };
  const total = { seeds: 0, verifications: 0, changes: 0, lapsed: 0, longestWaitMs: 0, failed: /** @type {Report[]} */ ([]) };
  for (let seed = from; seed < from + seeds; seed++) {
    now += BETWEEN_RUNS_MS;
    const report = await runSeed(seed, { storage, issue, wallStart: now, flaws });
    total.seeds += 1;
    total.verifications += report.verifications;
    total.changes += report.changes;
    total.lapsed += report.lapsed;
    total.longestWaitMs = Math.max(total.longestWaitMs, report.longestWaitMs);
    if (report.violations.length > 0) total.failed.push(report);
    if (untilViolation && total.failed.length > 0) break;
  }
  await latchkey.close();
  return total;
}
