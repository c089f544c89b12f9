/** `npm run bench -- growth` in small: what it fills is a database that Latchkey made, and what it asks is answered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, serveApp } from '@latchkey/server';
import { createLatchkey, type Latchkey } from 'latchkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, createAsking } from '../bench/growth/asking.js';
import { fill } from '../bench/growth/fill.js';
import { operationsFor } from '../bench/growth/operations.js';
import { createPopulation } from '../bench/growth/population.js';
import { sampleOf } from '../bench/growth/sample.js';

const KEYS = 1_000;

describe('growth bench, 1 000 keys on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-growth-'));
  const population = createPopulation({ keys: KEYS, now: Date.now() });
  const sample = sampleOf(population);
  let filled: { readonly events: number; readonly usageRows: number };
  let latchkey: Latchkey;

  beforeAll(async () => {
    const database = `file:${join(folder, 'latchkey.db')}`;
    filled = await fill(database, population);
    latchkey = await createLatchkey({ database });
  });

  afterAll(async () => {
    await latchkey.close();
    rmSync(folder, { recursive: true });
  });

  it('the generated log is whole and has an entry for each key', async () => {
    expect(await latchkey.events.verify()).toMatchObject({ intact: true, entries: filled.events });
    expect(filled.events).toBeGreaterThan(KEYS);
  });

  it('the generated counts agree with each other: keys, tiers, usage', async () => {
    const { keys, owners } = await latchkey.overview();
    expect([keys.total, owners]).toEqual([KEYS, population.owners]);
    const inTiers = (await latchkey.tiers.list()).reduce((sum, tier) => sum + tier.keys, 0);
    expect(inTiers).toBeGreaterThan(KEYS / 2);
    expect(inTiers).toBeLessThan(keys.total - keys.revoked);
    const iso = (time: number): string => new Date(time).toISOString();
    const usage = await latchkey.usage.read({ from: iso(population.now - 90 * 86_400_000), until: iso(population.now + 3_600_000) });
    expect(usage.total).toBeGreaterThan(filled.usageRows);
  });

  it('the largest owner has a twentieth of the keys', async () => {
    expect(await latchkey.owners.get(sample.largestOwner)).toMatchObject({ keys: { total: KEYS / 20 } });
  });

  it('every sampled token verifies', async () => {
    expect(sample.tokens.length).toBeGreaterThan(100);
    for (const token of sample.tokens) expect(await latchkey.verify(token)).toMatchObject({ valid: true });
  });

  it('every operation of the table is answered', async () => {
    const service = await serveApp(createApp(latchkey, { adminKey: ADMIN_KEY }), { host: '127.0.0.1', port: 0 });
    const { ask, agent } = createAsking(Number(new URL(service.url).port));
    const answers: string[] = [];
    for (const { name, requests } of operationsFor(population, sample)) {
      for (const request of requests(0)) answers.push(`${name}: ${(await ask(request)).status}`);
    }
    agent.destroy();
    await service.close(0);
    expect(answers.filter((answer) => !/: 20[0-2]$/.test(answer))).toEqual([]);
    expect(answers.length).toBeGreaterThan(50);
  });
});
