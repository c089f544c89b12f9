import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sampleKey, START } from '../../src/testing/storage-records.js';
import { databaseFile } from '../stores/temporary-database.js';
import { openHarness } from './harness.js';

const KEYS = 2_000;
const SCRIPT = fileURLToPath(new URL('change-where-process.js', import.meta.url));

/** From the first turn of the event loop to long after the last one that the change takes. */
const TURNS = [1, 3_000, 8_000, 12_000, 14_500, 1_000_000];

it('a change of all keys that a filter admits: kill -9 at any turn leaves every key changed or none, and all where it was acknowledged', async () => {
  const outcomes: number[] = [];
  for (const turns of TURNS) {
    const file = await databaseFile();
    const first = await openHarness({ file });
    await first.storage.keys.change(async (change) => {
      await change.owners.ensure('ada', START);
      for (let number = 1; number <= KEYS; number++) await change.keys.insert(sampleKey(number, { owner: 'ada', tags: ['old'] }));
    });
    await first.latchkey.close();

    const child = spawn(process.execPath, [SCRIPT, file, String(KEYS), String(turns)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(signal).toBe('SIGKILL');

    const { latchkey, storage } = await openHarness({ file });
    const disabled = await storage.keys.countKeys({ now: START, status: 'disabled' });
    if (said === 'acknowledged') expect(disabled).toBe(KEYS);
    else expect([0, KEYS]).toContain(disabled);
    const { entries } = await latchkey.events.verify();
    expect(entries).toBe(disabled);
    outcomes.push(disabled);
    await latchkey.close();
  }
  // Killed at once it has changed nothing, and left alone it has changed all.
  expect([outcomes[0], outcomes.at(-1)]).toEqual([0, KEYS]);
});
