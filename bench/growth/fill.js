/**
 * Fills an empty database with a population: rows in bulk, by the product's own encoders, a log that is hashed as the product
 * hashes it, and usage through the store's own port, so that whatever the store keeps beside the figures is right as well. Days
 * that are over are summed up, as housekeeping would have done meanwhile.
 *
 * Keys are written in another order than they were created, as a table is after years of change.
 */
import { sealEvent } from '../../packages/latchkey/dist/domain/event-chain.js';
import {
  creditsToRow,
  eventInsert,
  keyInsert,
  ownerInsert,
  secretInsert,
  tierInsert,
} from '../../packages/latchkey/dist/stores/sql/rows.js';
import { openPostgresBulk } from './postgres-bulk.js';
import { shuffle } from './population.js';
import { openSqliteBulk } from './sqlite-bulk.js';

const ROWS_AT_ONCE = 1_000;
const DAY_MS = 86_400_000;
/** As by default. */
const HOURS_KEPT_DAYS = 14;

/**
 * @param {string} database its URL, as the service takes it
 * @param {ReturnType<typeof import('./population.js').createPopulation>} population
 * @returns {Promise<{ readonly events: number, readonly usageRows: number }>}
 */
export async function fill(database, population) {
  const bulk = database.startsWith('file:') ? await openSqliteBulk(database.slice('file:'.length)) : await openPostgresBulk(database);
  try {
    await writeRecords(bulk, population);
    const events = await writeLog(bulk, population);
    const usageRows = await writeUsage(bulk, population);
    await bulk.finish();
    return { events, usageRows };
  } finally {
    await bulk.close();
  }
}

async function writeRecords(bulk, population) {
  const owners = createBatches(bulk, 'owners');
  for (let number = 0; number < population.owners; number++) await owners.add(ownerInsert(population.ownerAt(number)));
  await owners.end();
  await bulk.insert('tiers', population.tiers.map(tierInsert));

  const keys = createBatches(bulk, 'keys');
  const secrets = createBatches(bulk, 'secrets');
  const credits = createBatches(bulk, 'credits');
  const tags = createBatches(bulk, 'key_tags');
  const order = Uint32Array.from({ length: population.keys }, (_, number) => number);
  shuffle(order);
  for (const number of order) {
    const { key, secrets: of, credits: budget } = population.keyAt(number);
    await keys.add(keyInsert(key));
    for (const tag of key.tags) await tags.add({ tag, created_at: key.createdAt, key_id: key.id });
    // A row names one of another table: that one is written before.
    if (keys.waiting === 0) {
      await secrets.end();
      await credits.end();
    }
    for (const secret of of) secrets.hold(secretInsert(secret));
    if (budget !== null) credits.hold({ key_id: key.id, ...creditsToRow(budget) });
  }
  for (const table of [keys, secrets, credits, tags]) await table.end();
}

async function writeLog(bulk, population) {
  const events = createBatches(bulk, 'events');
  let head = null;
  for (const draft of population.drafts()) {
    head = sealEvent(draft, head);
    await events.add(eventInsert(head));
  }
  await events.end();
  return head.seq;
}

async function writeUsage(bulk, population) {
  let rows = 0;
  for (const { hour, numbers } of population.usedHours()) {
    const counts = numbers.map((number) => ({
      keyId: population.keyId(number),
      hour,
      code: number % 10 === 0 ? 'rate_limited' : 'valid',
      count: 1 + (number % 900),
    }));
    rows += counts.length;
    await bulk.usage.recordUsage({ counts, lastUses: [] });
  }
  for (let from = 0; from < population.keys; from += ROWS_AT_ONCE) {
    const lastUses = [];
    for (let number = from; number < Math.min(from + ROWS_AT_ONCE, population.keys); number++) {
      const { key, secrets, lastUse } = population.keyAt(number);
      if (lastUse !== null) lastUses.push({ keyId: key.id, secretId: secrets.at(-1).id, uses: 1 + (number % 900), ...lastUse });
    }
    await bulk.usage.recordUsage({ counts: [], lastUses });
  }
  const today = population.now - (population.now % DAY_MS);
  const retention = { rollBefore: today, hoursFrom: today - HOURS_KEPT_DAYS * DAY_MS, daysFrom: 0 };
  while (await bulk.usage.keepUp(retention));
  return rows;
}

/** Rows of one table, written so many at a time. */
function createBatches(bulk, table) {
  let rows = [];
  async function end() {
    if (rows.length > 0) await bulk.insert(table, rows);
    rows = [];
  }
  return {
    get waiting() {
      return rows.length;
    },
    hold: (row) => void rows.push(row),
    async add(row) {
      rows.push(row);
      if (rows.length >= ROWS_AT_ONCE) await end();
    },
    end,
  };
}
