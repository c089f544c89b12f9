/**
 * A node that does nothing but consume: opens a limiter of the kind and at the URL that its arguments name, says that it is
 * ready, and for each message makes so many calls at once. Answers how many were admitted.
 */
import { openLimiterAt } from './open-limiter-at.js';

const [, , kind = '', url = ''] = process.argv;
const limiter = await openLimiterAt(kind, url);

process.on('message', (order) => void carryOut(/** @type {import('./exact-counts.js').Order} */ (order)));
process.on('disconnect', () => void limiter.close());
process.send?.('ready');

/** @param {import('./exact-counts.js').Order} order */
async function carryOut({ calls, charges, cost }) {
  const answers = await Promise.all(Array.from({ length: calls }, async () => limiter.consume(charges, cost, Date.now())));
  process.send?.(answers.filter((answer) => answer.allowed && !answer.degraded).length);
}
